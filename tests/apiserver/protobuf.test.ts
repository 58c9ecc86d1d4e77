/** Bodies in protobuf say what the same bodies in JSON say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { schemaForKind } from '#engine/api';
import { protobufNumbers } from '#engine/api/openapi';
import { decodeBody } from '#engine/apimachinery';
import { goProtobuf } from './go-protobuf.ts';

interface Recorded {
  readonly id: string;
  readonly code: number;
  readonly body: unknown;
  readonly response: { readonly apiVersion: string; readonly kind: string };
}

/** Messages inside a message do not say their kind. */
const withoutInnerKinds = (name: string, value: unknown): unknown =>
  name === 'volumeClaimTemplates'
    ? (value as readonly object[]).map((claim) => ({ ...claim, apiVersion: undefined, kind: undefined }))
    : value;

const recorded = readFileSync(join(import.meta.dirname, '../../../shared/oracle/api/defaults.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line.replaceAll('<time>', '2026-11-22T18:00:00Z'), withoutInnerKinds) as Recorded)
  .filter(({ code, response: { apiVersion } }) => code === 201 && !apiVersion.includes('example'));

const gvkOf = ({ apiVersion, kind }: Recorded['response']) => {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, kind };
};

test('every recorded object comes out of protobuf as out of JSON', () => {
  const kinds = new Set<string>();
  for (const { id, response } of recorded) {
    const expected = gvkOf(response);
    const options = { expected, schemaOf: schemaForKind, fieldValidation: 'Strict' } as const;
    const plain = decodeBody({ kind: 'json', value: response }, options);
    const coded = decodeBody(
      { kind: 'bytes', bytes: goProtobuf(response), numbers: protobufNumbers },
      { ...options, contentType: 'application/vnd.kubernetes.protobuf' },
    );
    expect(coded.object, id).toEqual(plain.object);
    kinds.add(`${expected.group}/${expected.version}/${expected.kind}`);
  }
  expect(kinds.size).toBeGreaterThan(55);
});
