/** The JavaScript client, as a program of its own against the bridge over HTTPS. Skipped, with a notice, where it is not installed. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bridge, startBridge } from './bridge.ts';
import { run } from './kubectls.ts';

const isThere = existsSync('node_modules/@kubernetes/client-node');
if (!isThere) process.stderr.write('notice: @kubernetes/client-node is not installed; its test is skipped\n');

/** What each step is to say, in their order. */
const EXPECTED = {
  create: true,
  update: [{ key: 'two' }],
  json: { key: 'three' },
  merge: { key: 'three', merged: 'yes' },
  strategic: { key: 'three' },
  apply: { code: 409, data: { key: 'applied' }, operation: 'Apply' },
  missing: { code: 404, reason: 'NotFound' },
  watch: true,
  informer: ['add late', 'update late', 'delete late'],
  exec: { out: 'out\n', err: 'err\n', status: 'Failure', cause: { reason: 'ExitCode', message: '3' } },
  input: { out: 'through stdin', err: '', status: 'Success' },
  attach: ['one', 'two'],
  log: true,
  forward: true,
  generic: { a: 'Yg==' },
  scale: 3,
  remove: { phase: 'Terminating' },
};

describe.skipIf(!isThere)('@kubernetes/client-node', { timeout: 90_000 }, () => {
  let bridge: Bridge;
  beforeAll(async () => {
    bridge = await startBridge(['--https', '--nodes', '1', '--speed', '10']);
  }, 60_000);
  afterAll(async () => expect(await bridge.stop()).toBe(0));

  test('reads, writes, watches, patches, runs, attaches, follows and forwards', async () => {
    const program = 'tests/bridge/clients/client-node.mjs';
    const { code, stdout, stderr } = await run(process.execPath, [program, bridge.kubeconfig, 'js'], {
      env: process.env,
    });
    const said = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly name: string; readonly result: unknown });
    expect(Object.fromEntries(said.map(({ name, result }) => [name, result])), stderr).toEqual(EXPECTED);
    expect(code, stderr).toBe(0);
  });
});
