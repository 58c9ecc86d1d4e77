/** Links: there and back again, and twenty that a stranger might send. */
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { secretsIn } from '../secrets.ts';
import { LinkError, pack, unpack } from './codec.ts';
import { packShared, readShared, type Shared, unpackShared, writeShared } from './shared.ts';

const START = Date.UTC(2026, 0, 1);

const SHARED: Shared = {
  title: 'A <b>title</b>',
  build: 'abc',
  options: { seed: 7, nodes: 3, start: '2026-01-01T00:00:00Z' },
  replay: {
    journal: [
      { at: START + 20_000.25, input: { type: 'command', line: 'kubectl get pods' } },
      { at: START + 20_000.25, input: { type: 'terminal.open', terminal: 'terminal-1', columns: 80, rows: 24 } },
      { at: START + 30_000, input: { type: 'terminal.input', terminal: 'terminal-1', text: 'ls\r' } },
      {
        at: START + 31_000,
        input: { type: 'http', id: 3, method: 'POST', url: '/api', headers: { a: 'b' }, body: '{}' },
      },
      { at: START + 32_000, input: { type: 'http.frames', id: 3, frames: [{ data: 'aGk=', channel: 1 }] } },
      {
        at: START + 33_000,
        input: { type: 'fetch', method: 'GET', url: 'http://node-1/', headers: {}, insecure: true },
      },
      {
        at: START + 34_000,
        input: { type: 'fault', fault: { do: 'link.slow', between: ['*', 'node-1'], extraMs: 5 } },
      },
    ],
    until: START + 40_000.5,
    digest: '0123456789abcdef',
  },
  manifests: 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n',
  paused: true,
  view: {
    tab: 'browser',
    instant: START + 5,
    lesson: 'course/01-pods',
    selected: {
      resource: { group: '', version: 'v1', plural: 'pods', singular: 'pod', kind: 'Pod', namespaced: true },
      namespace: 'default',
      name: 'web',
    },
  },
};

test('what is written is read again', async () => {
  expect(await unpackShared(await packShared(SHARED))).toEqual(SHARED);
  const { replay: _replay, ...alone } = SHARED;
  expect(readShared(writeShared({ ...alone, paused: false }))).toEqual({ ...alone, paused: false });
});

const written = JSON.parse(writeShared(SHARED)) as Record<string, unknown>;
const withField = (field: string, value: unknown) => JSON.stringify({ ...written, [field]: value });
const withInput = (...entry: readonly unknown[]) => withField('journal', [entry]);

test.each([
  ['nothing', ''],
  ['no JSON', '{"podarium":1,'],
  ['a number', '42'],
  ['null', 'null'],
  ['another program', '{"version":3}'],
  ['__proto__', `${JSON.stringify(written).slice(0, -1)},"__proto__":{"polluted":1}}`],
  ['constructor', withField('constructor', { prototype: { polluted: 1 } })],
  ['an unknown field', withField('onload', 'alert(1)')],
  ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  [
    'deep options',
    withField('options', { scenario: JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) as unknown }),
  ],
  ['__proto__ in the options', JSON.stringify(written).replace('"seed":7', '"scenario":{"__proto__":{"x":1}}')],
  ['a million Nodes', withField('options', { nodes: 1e6 })],
  ['half a Node', withField('options', { nodes: 1.5 })],
  ['a bad start', withField('options', { start: '2026-99-99T00:00:00Z' })],
  ['a hollowNode', withField('options', { hollowNode: '() => 1' })],
  [
    'a million inputs',
    withField(
      'journal',
      Array.from({ length: 1_000_000 }, () => 0),
    ),
  ],
  ['a negative time', withInput(-5, { type: 'command', line: 'x' })],
  ['no time', withInput(null, { type: 'command', line: 'x' })],
  ['a time after the end', withInput(START + 1e12, { type: 'command', line: 'x' })],
  ['a time before the start', withInput(5, { type: 'command', line: 'x' })],
  ['an unknown input', withInput(START + 1, { type: 'eval', line: 'x' })],
  ['toString as an input', withInput(START + 1, { type: 'toString' })],
  ['an input with more', withInput(START + 1, { type: 'command', line: 'x', __proto: 1 })],
  ['an unknown fault', withInput(START + 1, { type: 'fault', fault: { do: 'hasOwnProperty' } })],
  ['an endless until', withField('until', 1e300)],
  ['until as text', withField('until', '2027')],
  ['an unknown tab', withField('view', { tab: 'javascript:alert(1)' })],
  ['a name too long', withField('title', 'x'.repeat(100_000))],
])('%s is refused in words', (_, text) => {
  expect(() => readShared(text)).toThrow(LinkError);
  expect(({} as { readonly polluted?: number }).polluted).toBeUndefined();
});

test('NaN and Infinity are not JSON, 1e999 is no time', () => {
  for (const time of ['NaN', 'Infinity', '1e999', '-1e999']) {
    const text = writeShared(SHARED).replace(/"until":[\d.]+/, `"until":${time}`);
    expect(() => readShared(text)).toThrow(LinkError);
  }
});

test('a bomb is left half unpacked', async () => {
  const bomb = deflateRawSync(Buffer.alloc(200_000_000, 'a')).toString('base64url');
  expect(bomb.length).toBeLessThan(300_000);
  const before = process.memoryUsage().rss;
  await expect(unpack(bomb)).rejects.toMatchObject({ problem: 'too-large' });
  expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
});

test.each([
  ['not base64url', '!!!!'],
  ['cut off', 'eJwrSS0u'],
  ['not deflated', 'AAAAAAAA'],
  ['no UTF-8', deflateRawSync(Buffer.from([0xff, 0xfe, 0xfd])).toString('base64url')],
  ['endless', 'A'.repeat(3_000_000)],
])('%s is broken', async (_, packed) => {
  await expect(unpackShared(packed)).rejects.toThrow(LinkError);
});

test('short enough for a link', async () => {
  const journal = Array.from({ length: 200 }, (_, i) => ({
    at: START + 20_000 + i * 1000,
    input: { type: 'terminal.input' as const, terminal: 'terminal-1', text: 'kubectl get pods'[i % 16] ?? 'x' },
  }));
  const packed = await pack(writeShared({ ...SHARED, replay: { journal, until: START + 1e6, digest: 'x' } }));
  expect(packed.length).toBeLessThan(1500);
});

test('secrets are found: objects, commands, keystrokes, manifests; harmless lines are not', () => {
  const typed = (text: string) =>
    [...text].map((key) => ({ at: 0, input: { type: 'terminal.input' as const, terminal: 't', text: key } }));
  const found = secretsIn(
    [
      { kind: 'Secret', namespace: 'work', name: 'db', object: { data: { password: 'eA==' } } },
      { kind: 'ConfigMap', namespace: 'work', name: 'settings', object: {} },
    ],
    [
      { at: 0, input: { type: 'command', line: 'kubectl get pods' } },
      { at: 0, input: { type: 'command', line: 'kubectl create secret generic db --from-literal=a=b' } },
      ...typed('redis-cli\u001b[A --password hunter22\rls\r'),
      {
        at: 0,
        input: {
          type: 'http',
          method: 'POST',
          url: '/',
          headers: { authorization: 'Bearer x' },
          body: '{"kind":"Secret"}',
        },
      },
    ],
  );
  expect(found.map(({ kind }) => kind)).toEqual(['object', 'typed', 'typed', 'request']);
  expect(found[0]?.text).toBe('work/db');
  expect(found[2]?.text).toContain('--password hunter22');
});
