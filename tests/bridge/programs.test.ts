/** The programs for Node as a person starts them: flags, ready line, exit codes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startBridge } from './bridge.ts';

const node = (program: string, ...args: string[]) =>
  spawnSync(process.execPath, [`dist/node/${program}.cjs`, ...args], { encoding: 'utf8', timeout: 60_000 });

const json = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('the bridge', { timeout: 60_000 }, () => {
  test('--no-nodes: a Node can be created by hand, and Pods stay Pending', async () => {
    const bridge = await startBridge([
      '--no-nodes',
      '--token',
      'admin-token',
      '--user',
      'admin',
      '--groups',
      'system:masters',
      '--speed',
      '20',
    ]);
    const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json' };
    const post = (path: string, body: unknown) =>
      json(bridge.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect((await post('/api/v1/nodes', { metadata: { name: '127.0.0.1' } })).status).toBe(201);
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    expect((await post('/api/v1/namespaces/default/pods', pod)).status).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { body } = await json(`${bridge.url}/api/v1/namespaces/default/pods/p`, { headers });
    expect(body).toMatchObject({ status: { phase: 'Pending' } });
    expect((await json(`${bridge.url}/api/v1/nodes`)).status).toBe(403);
    expect((await json(`${bridge.url}/api/v1/nodes`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect(await bridge.stop()).toBe(0);
  });

  test('--hollow --nodes N --apply FILE --kubeconfig FILE', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'podarium-')), 'config-map.yaml');
    writeFileSync(
      file,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied, namespace: default}\ndata: {a: "1"}\n',
    );
    const bridge = await startBridge(['--hollow', '--nodes', '5', '--apply', file, '--token', 't']);
    expect(parse(readFileSync(bridge.kubeconfig, 'utf8'))).toMatchObject({
      kind: 'Config',
      clusters: [{ cluster: { server: bridge.url } }],
    });
    const headers = { authorization: 'Bearer t' };
    const { body } = await json(`${bridge.url}/api/v1/nodes`, { headers });
    expect(body.items).toHaveLength(5);
    const applied = async () =>
      (await json(`${bridge.url}/api/v1/namespaces/default/configmaps/applied`, { headers })).status;
    for (let i = 0; i < 50 && (await applied()) !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await applied()).toBe(200);
    expect(await bridge.stop()).toBe(0);
  });

  test.each([['--nodes', 'many'], ['--speed', '-1'], ['--colour'], ['--port', '99999']])(
    '%s %s is refused with the usage',
    (...args) => {
      const { status, stderr, stdout } = node('bridge', ...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('usage: npm run -s bridge');
    },
  );
});

describe('podarium shell', { timeout: 60_000 }, () => {
  test('runs a script on a cluster of its own and ends with its exit code', () => {
    const script =
      'kubectl create deployment web --image=nginx --replicas=2 >&2; kubectl rollout status deployment web | tail -n 1; kubectl get pods -o name | wc -l; exit 3';
    const { status, stdout } = node('podarium', 'shell', '--nodes', '2', '--seed', '7', '-c', script);
    expect({
      status,
      lines: stdout
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    }).toEqual({
      status: 3,
      lines: ['deployment "web" successfully rolled out', '2'],
    });
  });

  test('talks to any Kubernetes API at a URL', async () => {
    const bridge = await startBridge(['--https', '--hollow', '--nodes', '2', '--token', 'secret']);
    const { status, stdout } = node(
      'podarium',
      'shell',
      '--server',
      bridge.url,
      '--token',
      'secret',
      '-c',
      'kubectl get nodes -o name; kubectl auth whoami -o name | cat',
    );
    expect(stdout).toContain('node/node-1\nnode/node-2\n');
    expect(status).toBe(0);
    const refused = node('podarium', 'shell', '--server', bridge.url, '--token', 'wrong', '-c', 'kubectl get nodes');
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('error: You must be logged in to the server'),
    });
    await bridge.stop();
  });

  test('without a command the usage', () => {
    expect(node('podarium', 'shell')).toMatchObject({ status: 2, stderr: expect.stringContaining('-c is missing') });
  });
});
