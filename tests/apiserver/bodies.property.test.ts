/**
 * Whatever is sent, the answer is a Status (or the object), never an exception, and what is refused has changed nothing. Bodies are noise, and the
 * recorded objects of every kind with something in them replaced.
 */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { httpRequest } from '#engine/http';
import { TestServer } from './server.ts';

const SEED = Number(process.env.PODARIUM_SEED ?? 20260101);
const RUNS = Number(process.env.PODARIUM_RUNS ?? 1);

const JSON_TYPE = 'application/json';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const TYPES = [JSON_TYPE, 'application/yaml', PROTOBUF, ...PATCHES, '', 'text/plain', 'application/cbor'];
const PLACES = [
  '/api/v1/namespaces/lab/configmaps',
  '/api/v1/namespaces/lab/configmaps/kept',
  '/api/v1/namespaces/lab/pods',
  '/api/v1/namespaces/lab/pods/kept',
  '/api/v1/namespaces/lab/pods/kept/status',
  '/api/v1/namespaces/lab/pods/kept/binding',
  '/api/v1/namespaces/lab/pods/kept/eviction',
  '/api/v1/namespaces/lab/pods/kept/ephemeralcontainers',
  '/apis/apps/v1/namespaces/lab/deployments',
  '/apis/apps/v1/namespaces/lab/deployments/kept',
  '/apis/apps/v1/namespaces/lab/deployments/kept/scale',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/authentication.k8s.io/v1/tokenreviews',
  '/api/v1/namespaces/lab/serviceaccounts/default/token',
];

let server: TestServer;
beforeAll(async () => {
  server = new TestServer();
  await server.namespace('lab');
  const container = { name: 'c', image: 'nginx' };
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } };
  await server.call('POST', PLACES[0] as string, { metadata: { name: 'kept' }, data: { a: 'b' } });
  await server.call('POST', PLACES[2] as string, { metadata: { name: 'kept' }, spec: { containers: [container] } });
  await server.call('POST', PLACES[8] as string, {
    metadata: { name: 'kept' },
    spec: { selector: { matchLabels: { app: 'a' } }, template },
  });
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: Uint8Array;
}

/** Sends it, and holds the answer to what every answer must be. */
async function check({ method, path, type, body }: Sent): Promise<number> {
  const before = server.etcd.revision;
  server.panics.length = 0;
  const headers = { authorization: 'Bearer admin', accept: JSON_TYPE, ...(type !== '' && { 'content-type': type }) };
  const response = await server.handler(httpRequest(method, path, { headers, body: { kind: 'bytes', bytes: body } }));
  const [panic] = server.panics as readonly { readonly message: string; readonly stack: string }[];
  if (panic) throw new Error(`${panic.message}\n${panic.stack.split('\n').slice(1, 5).join('\n')}`);
  if (response.status < 400) return response.status;
  expect(server.etcd.revision).toBe(before);
  if (response.body?.kind === 'json') {
    expect(response.body.value).toMatchObject({ kind: 'Status', status: 'Failure', code: response.status });
  } else expect([404, 405, 415]).toContain(response.status);
  return response.status;
}

const encoder = new TextEncoder();
const bytesOf = (text: string) => encoder.encode(text);

/** A field of a protobuf message: length-delimited. */
const field = (number: number, bytes: Uint8Array): Uint8Array => {
  const head: number[] = [(number << 3) | 2];
  for (let length = bytes.length; ; length >>>= 7) {
    head.push(length > 127 ? (length & 127) | 128 : length);
    if (length <= 127) break;
  }
  return Uint8Array.from([...head, ...bytes]);
};
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Kubernetes' envelope around whatever is inside. */
const envelope = (apiVersion: string, kind: string, raw: Uint8Array): Uint8Array =>
  joined(
    Uint8Array.from([0x6b, 0x38, 0x73, 0]),
    field(1, joined(field(1, bytesOf(apiVersion)), field(2, bytesOf(kind)))),
    field(2, raw),
  );

const method = fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE');
const place = fc.constantFrom(...PLACES);
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map(bytesOf),
  fc.json({ maxDepth: 4 }).map(bytesOf),
  fc.string({ unit: fc.constantFrom(...'{}[]":,-&*!|>#%@ \n\tab01.~<?'), maxLength: 40 }).map(bytesOf),
  fc
    .tuple(
      fc.constantFrom('v1', 'apps/v1', ''),
      fc.constantFrom('ConfigMap', 'Pod', 'Deployment', ''),
      fc.uint8Array({ maxLength: 48 }),
    )
    .map((parts) => envelope(...parts)),
);

describe('any bytes as a body', () => {
  it('are answered with a Status, and change nothing when refused', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(method, place, fc.constantFrom(...TYPES), noise, async (verb, path, type, body) => {
        if (verb === 'DELETE' && path.endsWith('kept')) return;
        await check({ method: verb, path, type, body });
      }),
      { seed: SEED, numRuns: 3000 * RUNS },
    );
  });
});

const ORACLE = '../shared/oracle/api/defaults.jsonl';
const present = existsSync(ORACLE);

interface Case {
  readonly path: string;
  readonly body: object;
}

type Json = { readonly [name: string]: unknown };

/** Every place in a value that can be replaced. */
function* places(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (path.length > 0) yield path;
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* places(item, [...path, i]);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) yield* places(item, [...path, name]);
  }
}

function replaced(value: unknown, [first, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === first ? replaced(item, rest, by) : item));
  return { ...(value as Json), [first]: replaced((value as Json)[first], rest, by) };
}

const WEIRD = [
  null,
  undefined,
  '',
  'we ird/é',
  'a'.repeat(300),
  '%',
  '*',
  '2006-01-02T15:04:05Z',
  '1e400',
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  true,
  [],
  [null],
  [''],
  [{}],
  {},
  { '': '' },
  { a: null },
];

describe.skipIf(!present)('recorded objects with something replaced', () => {
  const cases = present
    ? readFileSync(ORACLE, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Case & { readonly id: string })
        .filter(({ id, body }) => id.startsWith('defaults/') && typeof body === 'object')
    : [];

  it('are created or refused, then updated and patched or refused', { timeout: 240_000 }, async () => {
    const found = new Map<string, string>();
    const judged = async (what: string, sent: Sent) => {
      try {
        return await check(sent);
      } catch (error) {
        const text = String((error as Error).message).slice(0, 600);
        const key = text.replace(/\d+/g, '0');
        if (!found.has(key)) found.set(key, `${what}: ${text}`);
        return 500;
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...cases),
        fc.nat(),
        fc.constantFrom(...WEIRD),
        fc.constantFrom(...PATCHES),
        async ({ path, body }, where, by, patchType) => {
          const all = [...places(body)].filter((one) => !(one.length === 1 && one[0] === 'metadata'));
          const at = all[where % all.length] ?? [];
          const changed = replaced(body, at, by);
          const collection = path.split('?')[0] as string;
          const what = `${collection} ${at.join('.')} = ${JSON.stringify(by)?.slice(0, 40)}`;
          const bytes = bytesOf(JSON.stringify(changed));
          await judged(`POST ${what}`, { method: 'POST', path, type: JSON_TYPE, body: bytes });
          const { name } = (body as { metadata?: { name?: string } }).metadata ?? {};
          if (name === undefined) return;
          const item = `${collection}/${encodeURIComponent(name)}`;
          await judged(`POST whole ${what}`, {
            method: 'POST',
            path,
            type: JSON_TYPE,
            body: bytesOf(JSON.stringify(body)),
          });
          await judged(`PUT ${what}`, { method: 'PUT', path: item, type: JSON_TYPE, body: bytes });
          const patch =
            patchType === PATCHES[0]
              ? [
                  {
                    op: 'add',
                    path: `/${at.map((one) => String(one).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`,
                    value: by ?? null,
                  },
                ]
              : changed;
          await judged(`PATCH ${patchType} ${what}`, {
            method: 'PATCH',
            path: `${item}?fieldManager=f`,
            type: patchType,
            body: bytesOf(JSON.stringify(patch)),
          });
          await judged(`PUT status ${what}`, { method: 'PUT', path: `${item}/status`, type: JSON_TYPE, body: bytes });
          const headers = { 'content-type': 'application/merge-patch+json' };
          await server.call('DELETE', `${item}?gracePeriodSeconds=0`);
          await server.call('PATCH', item, '{"metadata":{"finalizers":null}}', { headers });
        },
      ),
      { seed: SEED, numRuns: 400 * RUNS },
    );
    expect([...found.values()]).toEqual([]);
  });
});
