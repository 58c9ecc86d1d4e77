import { expect, it } from 'vitest';
import { pods } from '#engine/api';
import type { TableRow } from '../../cluster/table.ts';
import { deleteLines } from './delete-lines.ts';
import { matches, type Sort, sorted } from './order.ts';

const row = (name: string, restarts: number, created: string, labels: { [key: string]: string }): TableRow => ({
  cells: [name, restarts],
  object: { metadata: { name, namespace: 'work', creationTimestamp: created, labels } },
});
const rows = [
  row('web-2', 10, '2026-01-01T00:00:02Z', { app: 'web' }),
  row('web-10', 9, '2026-01-01T00:00:03Z', { app: 'web' }),
  row('db-1', 0, '2026-01-01T00:00:01Z', { app: 'db' }),
];
const picked = ['Name', 'Restarts', 'Age'].map((name, index) => ({ name, index }));

it.each<[Sort | undefined, readonly string[]]>([
  [undefined, ['web-2', 'web-10', 'db-1']],
  [{ column: 'Name', descending: false }, ['db-1', 'web-2', 'web-10']],
  [{ column: 'Restarts', descending: true }, ['web-2', 'web-10', 'db-1']],
  [{ column: 'Age', descending: false }, ['web-10', 'web-2', 'db-1']],
  [{ column: 'Labels', descending: false }, ['db-1', 'web-2', 'web-10']],
])('in the order of %j', (sort, names) => {
  expect(sorted(rows, sort, picked).map(({ object }) => object.metadata.name)).toEqual(names);
});

it('rows are found by their labels too', () => {
  expect(rows.filter((one) => matches(one, ['app=db']))).toEqual([rows[2]]);
  expect(rows.filter((one) => matches(one, ['web', 'work']))).toHaveLength(2);
});

it('deleting several takes one command per namespace', () => {
  expect(deleteLines(pods, ['a/x', 'b/y', 'a/z'])).toEqual([
    'kubectl delete pod x z -n a',
    'kubectl delete pod y -n b',
  ]);
});
