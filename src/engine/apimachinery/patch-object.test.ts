import { describe, expect, it } from 'vitest';
import { type ObjectPatchType, patchObject } from './patch-object.ts';
import type { StructSchema } from './schema.ts';
import { StatusError } from './status.ts';

const text = { type: 'string' } as const;
const schema = {
  type: 'struct',
  goName: 'ConfigMap',
  fields: new Map(
    Object.entries({
      apiVersion: { schema: text, patchStrategies: [] },
      kind: { schema: text, patchStrategies: [] },
      metadata: { schema: { type: 'any' }, patchStrategies: [] },
      data: { schema: { type: 'map', values: text }, patchStrategies: [] },
    }),
  ),
} as unknown as StructSchema;
const current = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1' } };

function patch(type: ObjectPatchType, body: string, fieldValidation: 'Warn' | 'Ignore' | 'Strict' = 'Warn'): unknown {
  try {
    const options = {
      schemaOf: ({ kind }: { kind: string }) => (kind === 'Foo' ? undefined : schema),
      fieldValidation,
    };
    const { object, warnings } = patchObject(current, type, { kind: 'text', text: body }, schema, options);
    return { kind: object.kind, warnings };
  } catch (error) {
    if (error instanceof StatusError) return `${error.status.code} ${error.message.replace(/^.*"\}+": /, '')}`;
    throw error;
  }
}

describe('what upstream says of patches', () => {
  it.each<[ObjectPatchType, string, 'Warn' | 'Ignore' | 'Strict', unknown]>([
    [
      'json',
      '{}',
      'Warn',
      '400 error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    ['json', '{}', 'Ignore', '400 json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
    [
      'json',
      '[1]',
      'Warn',
      '400 error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp',
    ],
    [
      'json',
      '[{"op":1}]',
      'Warn',
      '400 error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
    ],
    [
      'json',
      '[{"op":"test","path":"/data/a","value":"1","nope":1}]',
      'Warn',
      { kind: 'ConfigMap', warnings: ['json patch unknown field "[0].nope"'] },
    ],
    ['strategic', '{"kind":"Secret"}', 'Warn', { kind: 'ConfigMap', warnings: [] }],
    ['strategic', '{"data":{"$retainKeys":["x"],"y":"1"}}', 'Warn', '400 invalid patch format of retainKeys'],
    [
      'merge',
      '{"kind":"Foo"}',
      'Warn',
      '422 no kind "Foo" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    ['merge', '{"kind":"Pod"}', 'Warn', '422 converting (v1.Pod) to (core.ConfigMap): unknown conversion'],
  ])('%s %s %s', (type, body, validation, expected) => expect(patch(type, body, validation)).toEqual(expected));
});
