import { expect, it } from 'vitest';
import { encodeOpenApiV2 } from './protobuf.ts';

/** Fields of a message as [number, bytes]. */
function fieldsOf(bytes: Uint8Array): [number, Uint8Array][] {
  const fields: [number, Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    fields.push([tag >> 3, bytes.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const pick = (bytes: Uint8Array | undefined, ...path: number[]): Uint8Array | undefined =>
  path.reduce<Uint8Array | undefined>(
    (message, number) => message && fieldsOf(message).find(([n]) => n === number)?.[1],
    bytes,
  );

it('writes definitions where gnostic reads them', () => {
  const kinds = [{ group: 'apps', kind: 'Deployment', version: 'v1' }];
  const bytes = encodeOpenApiV2({
    swagger: '2.0',
    info: { title: 'Kubernetes', version: '1.36' },
    definitions: {
      A: {
        description: 'x'.repeat(200),
        type: 'object',
        required: ['b'],
        properties: { b: { $ref: '#/definitions/B' } },
        'x-kubernetes-group-version-kind': kinds,
      },
    },
  });
  expect(text(pick(bytes, 1))).toBe('2.0');
  expect(text(pick(bytes, 2, 2))).toBe('1.36');
  expect(text(pick(bytes, 9, 1, 1))).toBe('A');
  const schema = pick(bytes, 9, 1, 2);
  expect(text(pick(schema, 4))).toHaveLength(200);
  expect(text(pick(schema, 22, 1))).toBe('object');
  expect(text(pick(schema, 19))).toBe('b');
  expect(text(pick(schema, 25, 1, 2, 1))).toBe('#/definitions/B');
  expect(text(pick(schema, 31, 1))).toBe('x-kubernetes-group-version-kind');
  expect(JSON.parse(text(pick(schema, 31, 2, 2)))).toEqual(kinds);
});
