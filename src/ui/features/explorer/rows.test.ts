import { describe, expect, it } from 'vitest';
import { pods } from '#engine/api';
import type { Table } from '../../cluster/table.ts';
import { toRows } from './rows.tsx';

const row = (name: string, restarts: number, created: string, labels: { [key: string]: string }) => ({
  cells: [name, '1/1', 'Running', restarts, '1m'],
  object: { metadata: { name, namespace: 'work', creationTimestamp: created, labels } },
});
const table: Table = {
  synced: true,
  columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age'].map((name) => ({ name, type: 'string', priority: 0 })),
  rows: [
    row('web-2', 10, '2026-01-01T00:00:02Z', { app: 'web' }),
    row('web-10', 9, '2026-01-01T00:00:03Z', { app: 'web' }),
    row('db-1', 0, '2026-01-01T00:00:01Z', { app: 'db' }),
  ],
};
const Age = () => null;
const look = { filter: '', namespaceAt: 1, labels: false, sort: undefined } as const;
const keys = (part: object) => toRows(table, { ...look, ...part }, 'Labels', Age).rows.map(({ key }) => key.slice(5));

describe('rows on show', () => {
  it('are in the order of a column, numbers as numbers', () => {
    expect(keys({})).toEqual(['web-2', 'web-10', 'db-1']);
    expect(keys({ sort: { column: 'Name', descending: false } })).toEqual(['db-1', 'web-2', 'web-10']);
    expect(keys({ sort: { column: 'Restarts', descending: true } })).toEqual(['web-2', 'web-10', 'db-1']);
    expect(keys({ sort: { column: 'Age', descending: false } })).toEqual(['web-10', 'web-2', 'db-1']);
    expect(keys({ sort: { column: 'Labels', descending: false }, labels: true })[0]).toBe('db-1');
  });

  it('are found by their labels too, and show them when asked', () => {
    expect(keys({ filter: 'app=db' })).toEqual(['db-1']);
    const { columns, rows } = toRows(table, { ...look, labels: true }, 'Labels', Age);
    expect(columns).toEqual(['Name', 'Namespace', 'Ready', 'Status', 'Restarts', 'Age', 'Labels']);
    expect(rows[0]?.cells).toHaveLength(7);
  });
});

it('deleting several takes one command per namespace', async () => {
  const { deleteLines } = await import('./delete-lines.ts');
  expect(deleteLines({ ...pods }, ['a/x', 'b/y', 'a/z'])).toEqual([
    'kubectl delete pod x z -n a',
    'kubectl delete pod y -n b',
  ]);
});
