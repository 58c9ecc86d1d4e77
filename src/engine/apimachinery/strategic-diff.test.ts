import { describe, expect, it } from 'vitest';
import type { FieldSchema, Schema, StructSchema } from './schema.ts';
import { createThreeWayStrategicMergePatch, createTwoWayStrategicMergePatch } from './strategic-diff.ts';
import { StrategicConflictError } from './strategic-error.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const text: Schema = { type: 'string' };
const field = (name: string, schema: Schema, rest: Partial<FieldSchema> = {}): [string, FieldSchema] => [
  name,
  { name, schema, required: false, byValue: false, omitEmpty: true, patchStrategies: [], ...rest },
];
const struct = (...fields: [string, FieldSchema][]): StructSchema => ({
  type: 'struct',
  definition: 'test.v1.T',
  goName: 'T',
  atomic: false,
  fields: new Map(fields),
});
const container = struct(field('name', text), field('image', text));
const volume = struct(field('name', text), field('emptyDir', struct()), field('hostPath', struct(field('path', text))));
const schema = struct(
  field('replicas', { type: 'integer' }),
  field(
    'containers',
    { type: 'list', items: container, listType: 'map', keys: ['name'] },
    { patchStrategies: ['merge'], patchMergeKey: 'name' },
  ),
  field(
    'volumes',
    { type: 'list', items: volume, listType: 'map', keys: ['name'] },
    { patchStrategies: ['merge', 'retainKeys'], patchMergeKey: 'name' },
  ),
  field('finalizers', { type: 'list', items: text, listType: 'set', keys: [] }, { patchStrategies: ['merge'] }),
  field('args', { type: 'list', items: text, keys: [] }),
  field('labels', { type: 'map', values: text, atomic: false }),
);

describe('two-way strategic merge patch', () => {
  const cases: [string, object, object, object][] = [
    ['nothing', { replicas: 1 }, { replicas: 1 }, {}],
    [
      'scalars and maps',
      { replicas: 1, labels: { a: '1', b: '2' } },
      { replicas: 2, labels: { a: '1', c: '3' } },
      { replicas: 2, labels: { b: null, c: '3' } },
    ],
    [
      'keyed list',
      {
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1' },
        ],
      },
      { containers: [{ name: 'a', image: '2' }] },
      {
        containers: [
          { name: 'a', image: '2' },
          { $patch: 'delete', name: 'b' },
        ],
        '$setElementOrder/containers': [{ name: 'a' }],
      },
    ],
    [
      'retain keys',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
      {
        volumes: [{ name: 'v', emptyDir: null, hostPath: { path: '/x' }, $retainKeys: ['hostPath', 'name'] }],
        '$setElementOrder/volumes': [{ name: 'v' }],
      },
    ],
    [
      'primitive list',
      { finalizers: ['a', 'b'] },
      { finalizers: ['b', 'c'] },
      { finalizers: ['c'], '$deleteFromPrimitiveList/finalizers': ['a'], '$setElementOrder/finalizers': ['b', 'c'] },
    ],
    ['atomic list', { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
  ];
  it.each(cases)('%s', (_, original, modified, patch) => {
    const created = createTwoWayStrategicMergePatch({ ...original }, { ...modified }, schema);
    expect(created).toEqual(patch);
    expect(applyStrategicMergePatch({ ...original }, created, schema)).toEqual(modified);
  });
});

it('three-way: keeps what others added, deletes what was applied before', () => {
  const original = {
    labels: { a: '1', b: '2' },
    containers: [
      { name: 'a', image: '1' },
      { name: 'old', image: '1' },
    ],
  };
  const modified = { labels: { a: '1' }, containers: [{ name: 'a', image: '2' }] };
  const current = {
    replicas: 3,
    labels: { a: '1', b: '2', live: 'x' },
    containers: [
      { name: 'a', image: '1' },
      { name: 'old', image: '1' },
      { name: 'injected', image: 'p' },
    ],
  };
  const patch = createThreeWayStrategicMergePatch(original, modified, current, schema);
  expect(patch).toEqual({
    labels: { b: null },
    containers: [
      { name: 'a', image: '2' },
      { $patch: 'delete', name: 'old' },
    ],
    '$setElementOrder/containers': [{ name: 'a' }],
  });
  expect(applyStrategicMergePatch(current, patch, schema)).toEqual({
    replicas: 3,
    labels: { a: '1', live: 'x' },
    containers: [
      { name: 'a', image: '2' },
      { name: 'injected', image: 'p' },
    ],
  });
});

it('refuses to overwrite what others changed, when asked to', () => {
  const original = { replicas: 1, labels: { a: '1' } };
  const current = { replicas: 5, labels: { a: '1', live: 'x' } };
  const create = (modified: object) =>
    createThreeWayStrategicMergePatch(original, { ...modified }, current, schema, { overwrite: false });
  expect(() => create({ replicas: 2, labels: { a: '1' } })).toThrow(StrategicConflictError);
  expect(create({ replicas: 5, labels: { a: '2' } })).toEqual({ labels: { a: '2' } });
});
