import { describe, expect, test } from 'vitest';
import { bodyText, type Handler, httpRequest, textResponse } from '#engine/http';
import { createLab, type LabOptions } from '../lab.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const START = ['/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;'];

async function boot(conf?: string, options: LabOptions = {}) {
  const lab = await createLab(settle, { image: 'nginx:1.27', ...options });
  if (conf !== undefined) lab.write('/etc/nginx/conf.d/default.conf', conf);
  const server = lab.start(START);
  await lab.loop.runUntil(lab.loop.now() + 1000);
  const get = async (url: string, more: Parameters<typeof httpRequest>[2] = {}) => {
    const asked = lab.net.fetch(httpRequest('GET', url, more));
    await lab.loop.runUntil(lab.loop.now() + 1000);
    const response = await asked;
    return { ...response, text: await bodyText(response.body) };
  };
  return { lab, server, get };
}

test('the image starts as upstream does and welcomes', async () => {
  const { server, get } = await boot();
  expect(server.output()).toContain('/docker-entrypoint.sh: Configuration complete; ready for start up\n');
  expect(server.output()).toMatch(/\[notice\] \d+#\d+: start worker processes/);
  const page = await get('http://localhost:80/');
  expect(page.status).toBe(200);
  expect(page.text).toContain('<title>Welcome to nginx!</title>');
  expect(page.headers).toMatchObject({ server: 'nginx/1.27.5', 'content-type': 'text/html', 'accept-ranges': 'bytes' });
  expect(server.output()).toMatch(
    /10\.0\.0\.5 - - \[01\/Jan\/2026:00:00:0\d \+0000\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "-" "-"\n/,
  );
  const missing = await get('http://localhost:80/nope');
  expect(missing.status).toBe(404);
  expect(missing.text).toContain('<hr><center>nginx/1.27.5</center>');
  expect(server.output()).toContain('open() "/usr/share/nginx/html/nope" failed (2: No such file or directory)');
});

test('SIGQUIT ends it gracefully, also as the first process', async () => {
  const { lab, server } = await boot();
  server.kill('SIGQUIT');
  await lab.loop.runUntil(lab.loop.now() + 1000);
  expect(server.status()).toEqual({ code: 0 });
  await expect(lab.net.fetch(httpRequest('GET', 'http://localhost:80/'))).rejects.toThrow('refused');
});

const echo: Handler = async (request) =>
  textResponse(
    200,
    `${request.path} host=${request.headers.host} xff=${request.headers['x-forwarded-for'] ?? ''} id=${request.query.get('id') ?? ''}`,
  );
const hosts = new Map<string, Handler>([
  ['backend:8000', echo],
  ['a:80', async () => textResponse(200, 'A')],
  ['b:80', async () => textResponse(200, 'B')],
]);

describe('configuration', () => {
  test.each<[string, string, string, number, string]>([
    ['return', 'server { listen 80; location / { return 200 "hi $host\n"; } }', '/', 200, 'hi localhost\n'],
    ['redirect', 'server { listen 80; return 301 https://$host$request_uri; }', '/x?y=1', 301, ''],
    [
      'exact before prefix',
      'server { listen 80; location = /a { return 200 exact; } location /a { return 200 prefix; } }',
      '/a',
      200,
      'exact',
    ],
    [
      'regex before prefix',
      'server { listen 80; location /a { return 200 prefix; } location ~ \\.php$ { return 200 regex; } }',
      '/a/x.php',
      200,
      'regex',
    ],
    [
      '^~ before regex',
      'server { listen 80; location ^~ /a { return 200 prefix; } location ~ \\.php$ { return 200 regex; } }',
      '/a/x.php',
      200,
      'prefix',
    ],
    [
      'longest prefix',
      'server { listen 80; location / { return 200 root; } location /api/ { return 200 api; } }',
      '/api/x',
      200,
      'api',
    ],
    [
      'proxy keeps the path',
      'server { listen 80; location /api { proxy_pass http://backend:8000; } }',
      '/api/v1?id=7',
      200,
      '/api/v1 host=backend:8000 xff= id=7',
    ],
    [
      'proxy replaces the prefix',
      'server { listen 80; location /api/ { proxy_pass http://backend:8000/; } }',
      '/api/v1',
      200,
      '/v1 host=backend:8000 xff= id=',
    ],
    [
      'proxy headers',
      'server { listen 80; location / { proxy_pass http://backend:8000; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }',
      '/',
      200,
      '/ host=localhost xff=10.0.0.5 id=',
    ],
    [
      'bad gateway',
      'server { listen 80; location / { proxy_pass http://10.9.9.9:1; } }',
      '/',
      502,
      '<html>\r\n<head><title>502 Bad Gateway',
    ],
    [
      'try_files',
      'server { listen 80; root /usr/share/nginx/html; location / { try_files $uri /index.html; } }',
      '/any/route',
      200,
      '<!DOCTYPE html>',
    ],
    [
      'try_files with code',
      'server { listen 80; root /usr/share/nginx/html; location / { try_files $uri =404; } }',
      '/x',
      404,
      '<html>',
    ],
    [
      'rewrite',
      'server { listen 80; rewrite ^/old/(.*)$ /new/$1 last; location /new/ { return 200 "got $uri"; } }',
      '/old/x',
      200,
      'got /new/x',
    ],
    [
      'error_page',
      'server { listen 80; root /usr/share/nginx/html; error_page 404 /50x.html; }',
      '/x',
      404,
      '<!DOCTYPE html>',
    ],
    ['if', 'server { listen 80; if ($request_method = GET) { return 405; } }', '/', 405, '<html>'],
    [
      'server names',
      'server { listen 80 default_server; return 200 default; } server { listen 80; server_name localhost; return 200 named; }',
      '/',
      200,
      'named',
    ],
    [
      'alias',
      'server { listen 80; location /s/ { alias /usr/share/nginx/html/; } }',
      '/s/50x.html',
      200,
      '<!DOCTYPE html>',
    ],
    [
      'stub_status',
      'server { listen 80; location = /status { stub_status; } }',
      '/status',
      200,
      'Active connections: 1',
    ],
  ])('%s', async (_, conf, path, status, text) => {
    const { get, server } = await boot(conf, { hosts });
    const response = await get(`http://localhost:80${path}`);
    expect([response.status, server.status()]).toEqual([status, undefined]);
    if (text !== '') expect(response.text.startsWith(text)).toBe(true);
    if (status === 301) expect(response.headers.location).toBe('https://localhost/x?y=1');
  });

  test('an upstream group takes turns', async () => {
    const { get } = await boot(
      'upstream g { server a; server b; } server { listen 80; location / { proxy_pass http://g; } }',
      { hosts },
    );
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push((await get('http://localhost:80/')).text);
    expect(answers.join('')).toBe('ABAB');
  });

  test.each([
    [
      'server { listen 80; nonsense on; }',
      'nginx: [emerg] unknown directive "nonsense" in /etc/nginx/conf.d/default.conf:1',
    ],
    [
      'server { listen 80; location / { proxy_pass http://nohost:80; } }',
      'nginx: [emerg] host not found in upstream "nohost" in /etc/nginx/conf.d/default.conf:1',
    ],
    ['server { listen 80;', 'nginx: [emerg] unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:1'],
    ['server { listen 80 }', 'nginx: [emerg] unexpected "}" in /etc/nginx/conf.d/default.conf:1'],
  ])('%s is refused', async (conf, message) => {
    const { server } = await boot(conf);
    expect(server.output()).toContain(message);
    expect(server.status()).toEqual({ code: 1 });
  });

  test('nginx -t, reload and templates', async () => {
    const { lab, get } = await boot();
    expect(await lab.run(['nginx', '-t'])).toMatchObject({
      stderr:
        'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
      code: 0,
    });
    lab.write('/etc/nginx/conf.d/default.conf', 'server { listen 80; return 200 new; }');
    await lab.run(['nginx', '-s', 'reload']);
    expect((await get('http://localhost:80/')).text).toBe('new');
  });
});
