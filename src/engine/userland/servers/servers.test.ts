import { expect, test } from 'vitest';
import { bodyText, httpRequest } from '#engine/http';
import { createLab } from '../lab.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function ask(image: string, argv: readonly string[], url: string, prepare: Parameters<typeof createLab>[1] = {}) {
  const lab = await createLab(settle, { image, ...prepare });
  const server = lab.start(argv);
  await lab.loop.runUntil(lab.loop.now() + 1000);
  const asked = lab.net.fetch(httpRequest('GET', url));
  await lab.loop.runUntil(lab.loop.now() + 1000);
  const response = await asked;
  return { lab, server, status: response.status, text: await bodyText(response.body) };
}

test.each<[string, readonly string[], string, string]>([
  ['traefik/whoami', ['/whoami'], 'http://localhost:80/x', 'Hostname: lab\n'],
  ['hashicorp/http-echo', ['/http-echo', '-text=hi', '-listen=:8080'], 'http://localhost:8080/', 'hi\n'],
  [
    'gcr.io/google-samples/hello-app:1.0',
    ['/hello-app'],
    'http://localhost:8080/',
    'Hello, world!\nVersion: 1.0.0\nHostname: lab\n',
  ],
  ['registry.k8s.io/echoserver:1.10', ['/echoserver'], 'http://localhost:8080/a', '\n\nHostname: lab\n'],
  ['registry.k8s.io/hpa-example', ['/hpa-example'], 'http://localhost:80/', 'OK!'],
  ['httpd', ['httpd-foreground'], 'http://localhost:80/', '<html><body><h1>It works!</h1></body></html>\n'],
  ['quay.io/x/y:1', ['/usr/local/bin/plain-server'], 'http://localhost:8080/', 'lab: GET /\n'],
  [
    'registry.k8s.io/e2e-test-images/agnhost:2.39',
    ['/agnhost', 'netexec', '--http-port=8081'],
    'http://localhost:8081/hostname',
    'lab',
  ],
  ['registry.k8s.io/e2e-test-images/agnhost:2.39', ['/agnhost', 'liveness'], 'http://localhost:8080/healthz', 'ok'],
  ['python:3', ['python3', '-m', 'http.server', '8000'], 'http://localhost:8000/etc/hostname', 'localhost\n'],
])('%s', async (image, argv, url, text) => {
  const result = await ask(image, argv, url, { group: {} });
  expect(result.status).toBe(200);
  expect(result.text.startsWith(text)).toBe(true);
  result.server.kill('SIGTERM');
  await result.lab.loop.settle();
  expect(result.server.status()?.code).toBe(0);
});

test('the liveness example fails after ten seconds', async () => {
  const { lab } = await ask(
    'registry.k8s.io/e2e-test-images/agnhost:2.39',
    ['/agnhost', 'liveness'],
    'http://localhost:8080/healthz',
  );
  await lab.loop.runUntil(lab.loop.now() + 10_000);
  expect((await lab.net.fetch(httpRequest('GET', 'http://localhost:8080/healthz'))).status).toBe(500);
});

test.each<[string, readonly string[], string]>([
  ['perl:5.34.0', ['perl', '-Mbignum=bpi', '-wle', 'print bpi(20)'], '3.1415926535897932384\n'],
  ['python:3', ['python3', '-c', 'print("hi")'], 'hi\n'],
  ['node', ['node', '-e', 'console.log("hi")'], 'hi\n'],
  [
    'hello-world',
    ['/hello'],
    '\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n\n',
  ],
])('%s runs', async (image, argv, stdout) => {
  expect(await (await createLab(settle, { image })).run(argv)).toEqual({ stdout, stderr: '', code: 0 });
});

test('a database insists on its environment', async () => {
  const lab = await createLab(settle, { image: 'mysql:8.0' });
  expect((await lab.run(['docker-entrypoint.sh', 'mysqld'])).stderr).toContain('MYSQL_ROOT_PASSWORD');
  const started = lab.run(['docker-entrypoint.sh', 'mysqld'], { env: { MYSQL_ROOT_PASSWORD: 'x' }, limitMs: 5000 });
  expect(await started).toMatchObject({ code: -1, stderr: expect.stringContaining('ready for connections') });
});
