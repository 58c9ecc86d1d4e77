import fc from 'fast-check';
import { createPatch } from 'rfc6902';
import { expect, it } from 'vitest';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from './json-patch.ts';
import type { JsonMap } from './json-value.ts';
import { applyMergePatch, createMergePatch, createThreeWayJsonMergePatch } from './merge-patch.ts';
import type { FieldSchema, Schema, StructSchema } from './schema.ts';
import { createThreeWayStrategicMergePatch, createTwoWayStrategicMergePatch } from './strategic-diff.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd/e', 'f~g');
const leaf = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean());
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}));
const map = fc.dictionary(key, tree, { maxKeys: 4 }).map((value) => ({ ...value }) as JsonMap);

it('a JSON patch made by another library applies', () => {
  fc.assert(
    fc.property(map, map, (from, to) => {
      expect(applyJsonPatch(from, createPatch(from, to) as readonly JsonPatchOperation[])).toEqual(to);
    }),
  );
});

it('a merge patch turns one object into the other and shares the rest', () => {
  fc.assert(
    fc.property(map, map, (from, to) => {
      expect(applyMergePatch(from, createMergePatch(from, to))).toEqual(to);
      expect(applyMergePatch(from, createMergePatch(from, from))).toBe(from);
    }),
  );
});

it('a three-way merge patch ends at what was asked for when nobody else wrote', () => {
  fc.assert(
    fc.property(map, map, (original, modified) => {
      expect(applyMergePatch(original, createThreeWayJsonMergePatch(original, modified, original))).toEqual(modified);
    }),
  );
});

const text: Schema = { type: 'string' };
const fieldOf = (name: string, schema: Schema, rest: Partial<FieldSchema> = {}): [string, FieldSchema] => [
  name,
  { name, schema, required: false, byValue: false, omitEmpty: true, patchStrategies: [], ...rest },
];
const structOf = (...fields: [string, FieldSchema][]): StructSchema => ({
  type: 'struct',
  definition: 'test.v1.T',
  goName: 'T',
  atomic: false,
  fields: new Map(fields),
});
const item = structOf(
  fieldOf('name', text),
  fieldOf('image', text),
  fieldOf('labels', { type: 'map', values: text, atomic: false }),
);
const merged = { patchStrategies: ['merge'], patchMergeKey: 'name' };
const schema = structOf(
  fieldOf('replicas', { type: 'integer' }),
  fieldOf('items', { type: 'list', items: item, listType: 'map', keys: ['name'] }, merged),
  fieldOf('args', { type: 'list', items: text, keys: [] }),
  fieldOf('finalizers', { type: 'list', items: text, listType: 'set', keys: [] }, { patchStrategies: ['merge'] }),
  fieldOf('labels', { type: 'map', values: text, atomic: false }),
);
const labels = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2')).map((value) => ({ ...value }));
const items = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.constantFrom('i', 'j'), labels }),
  { selector: ({ name }) => name, maxLength: 4 },
);
const finalizers = fc.uniqueArray(fc.constantFrom('f', 'g', 'h'), { maxLength: 3 });
const object = fc.record({
  finalizers,
  replicas: fc.nat(3),
  items,
  args: fc.array(fc.constantFrom('p', 'q'), { maxLength: 2 }),
  labels,
});

it('a strategic merge patch turns one object into the other, order included', () => {
  fc.assert(
    fc.property(object, object, (from, to) => {
      expect(applyStrategicMergePatch(from, createTwoWayStrategicMergePatch(from, to, schema), schema)).toEqual(to);
    }),
  );
});

it('a three-way strategic merge patch ends at what was asked for when nobody else wrote', () => {
  fc.assert(
    fc.property(object, object, (original, modified) => {
      const patch = createThreeWayStrategicMergePatch(original, modified, original, schema);
      expect(applyStrategicMergePatch(original, patch, schema)).toEqual(modified);
    }),
  );
});

it.each([
  [[{ op: 'replace', path: '/z', value: 1 }], { a: [1, 2], z: 1 }],
  [[{ op: 'add', path: 'x/z', value: 1 }], { a: [1, 2], z: 1 }],
  [[{ op: 'add', path: '/a/-', value: 3 }], { a: [1, 2, 3] }],
  [[{ op: 'add', path: '/a/-1', value: 9 }], { a: [1, 2, 9] }],
  [[{ op: 'replace', path: '/a/-1', value: 9 }], { a: [1, 9] }],
  [[{ op: 'test', path: '/b' }], { a: [1, 2] }],
])('upstream accepts %j', (operations, expected) => {
  expect(applyJsonPatch({ a: [1, 2] }, operations)).toEqual(expected);
});

it.each([
  [[{ op: 'remove', path: '/z' }]],
  [[{ op: 'replace', path: '/a/5', value: 1 }]],
  [[{ op: 'test', path: '/a/0', value: 2 }]],
  [[{ op: 'move', from: '/z', path: '/y' }]],
  [[{ op: 'add', path: '/n/o', value: 1 }]],
  [[{ op: 'frob', path: '/a' }]],
])('upstream refuses %j', (operations) => {
  expect(() => applyJsonPatch({ a: [1, 2] }, operations)).toThrow(JsonPatchError);
});
