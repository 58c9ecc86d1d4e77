import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { bodyText, type DnsResponse, dnsReply, type Handler, jsonResponse, NetError, textResponse } from '#engine/http';
import { createLab, type LabOptions, type Outcome } from '../lab.ts';

const settle = () => setImmediate() as Promise<void>;

const web: Handler = async (request) => {
  switch (request.path) {
    case '/':
      return textResponse(200, 'hello\n', { server: 'nginx/1.29.0', 'content-type': 'text/html' });
    case '/moved':
      return { status: 302, headers: { location: '/' } };
    case '/loop':
      return { status: 301, headers: { location: 'loop' } };
    case '/json':
      return jsonResponse(200, { kind: 'Status' });
    case '/slow':
      return new Promise(() => undefined);
    case '/echo':
      return textResponse(
        200,
        `${request.method} ${request.headers.host} ${request.headers['x-a'] ?? '-'} ${request.headers['content-type'] ?? '-'} ${request.query} [${await bodyText(request.body)}]\n`,
      );
    default:
      return textResponse(404, 'nothing here\n');
  }
};
const reset: Handler = () => Promise.reject(new NetError('ECONNRESET', 'reset'));
const gone: Handler = () => Promise.reject(new NetError('EHOSTUNREACH', 'no route'));

const RECORDS: { readonly [question: string]: DnsResponse } = {
  'web.default.svc.cluster.local. A': {
    status: 'NOERROR',
    authoritative: true,
    answers: [{ name: 'web.default.svc.cluster.local.', type: 'A', ttlSeconds: 30, data: '10.96.1.2' }],
  },
  'web.default.svc.cluster.local. AAAA': { status: 'NOERROR', authoritative: true, answers: [] },
  '2.1.96.10.in-addr.arpa. PTR': {
    status: 'NOERROR',
    authoritative: true,
    answers: [{ name: '2.1.96.10.in-addr.arpa.', type: 'PTR', ttlSeconds: 30, data: 'web.default.svc.cluster.local.' }],
  },
  '_http._tcp.web.default.svc.cluster.local. SRV': {
    status: 'NOERROR',
    authoritative: true,
    answers: [
      {
        name: '_http._tcp.web.default.svc.cluster.local.',
        type: 'SRV',
        ttlSeconds: 30,
        data: '0 100 80 web.default.svc.cluster.local.',
      },
    ],
  },
};
const dns: Handler = async (request) => {
  const name = `${request.query.get('name')}`.replace(/\.?$/, '.');
  return dnsReply(
    RECORDS[`${name} ${request.query.get('type')}`] ?? { status: 'NXDOMAIN', authoritative: true, answers: [] },
  );
};

const hosts = new Map<string, Handler>([
  ['web:80', web],
  ['web:443', web],
  ['rst:80', reset],
  ['10.0.0.7:80', gone],
  ['10.96.0.10:53', dns],
]);

const lab = async (options: LabOptions = {}) => {
  const machine = await createLab(settle, { hosts, ...options });
  machine.write(
    '/etc/resolv.conf',
    'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
  );
  return machine;
};
const run = async (command: string, image = 'podarium.local/workstation:latest'): Promise<Outcome> =>
  (await lab({ image })).run(command.split(' '));
const busybox = (command: string) => run(command, 'busybox:1.36');

describe('wget of busybox', () => {
  test.each([
    ['wget -qO- http://web', 0, 'hello\n', ''],
    ['wget -q -O - web/', 0, 'hello\n', ''],
    [
      'wget -O- http://web',
      0,
      'hello\n',
      'Connecting to web (web:80)\nwriting to stdout\n-                    100% |********************************|     6  0:00:00 ETA\nwritten to stdout\n',
    ],
    ['wget --spider http://web', 0, '', 'Connecting to web (web:80)\nremote file exists\n'],
    ['wget -qO- http://web/moved', 0, 'hello\n', ''],
    ['wget -qO- http://web/loop', 1, '', 'wget: too many redirections\n'],
    ['wget -qO- http://web/none', 1, '', 'wget: server returned error: HTTP/1.1 404 Not Found\n'],
    ['wget -O- http://nobody', 1, '', "wget: bad address 'nobody'\n"],
    [
      'wget -O- http://10.0.0.1',
      1,
      '',
      "Connecting to 10.0.0.1 (10.0.0.1:80)\nwget: can't connect to remote host (10.0.0.1): Connection refused\n",
    ],
    ['wget -qO- -T 3 http://10.0.0.99', 1, '', 'wget: download timed out\n'],
    ['wget -qO- --timeout=3 http://web/slow', 1, '', 'wget: download timed out\n'],
    ['wget -qO- http://10.0.0.7', 1, '', "wget: can't connect to remote host (10.0.0.7): Host is unreachable\n"],
    [
      'wget -qO- --post-data a=1 --header X-A:b http://web/echo',
      0,
      'POST web b application/x-www-form-urlencoded  [a=1]\n',
      '',
    ],
    ['wget ftp://web', 1, '', 'wget: not an http or ftp url: ftp://web\n'],
  ])('%s', async (command, code, stdout, stderr) => {
    expect(await busybox(command)).toEqual({ code, stdout, stderr });
  });

  test('saves under the name in the path, and never over a file', async () => {
    const machine = await lab({ image: 'busybox' });
    expect((await machine.run(['wget', '-q', 'http://web/json'])).code).toBe(0);
    expect((await machine.run(['cat', '/json'])).stdout).toContain('"kind"');
    expect((await machine.run(['wget', '-q', 'http://web/json'])).stderr).toBe(
      "wget: can't open 'json': File exists\n",
    );
  });

  test('-S shows the head', async () => {
    expect((await busybox('wget -S -qO- http://web')).stderr).toBe(
      '  HTTP/1.1 200 OK\n  Server: nginx/1.29.0\n  Date: Thu, 01 Jan 2026 00:00:00 GMT\n  Content-Type: text/html\n  Content-Length: 6\n  \n',
    );
  });
});

describe('curl', () => {
  test.each([
    ['curl -s http://web', 0, 'hello\n', ''],
    ['curl -s web', 0, 'hello\n', ''],
    ['curl -s web web/none', 0, 'hello\nnothing here\n', ''],
    ['curl -sS http://nobody', 6, '', 'curl: (6) Could not resolve host: nobody\n'],
    ['curl -s http://nobody', 6, '', ''],
    [
      'curl -sS http://10.0.0.1:8080',
      7,
      '',
      "curl: (7) Failed to connect to 10.0.0.1 port 8080 after 0 ms: Couldn't connect to server\n",
    ],
    ['curl -sS -m 3 http://10.0.0.99', 28, '', 'curl: (28) Connection timed out after 3000 milliseconds\n'],
    [
      'curl -sS --connect-timeout 2 http://10.0.0.99',
      28,
      '',
      'curl: (28) Failed to connect to 10.0.0.99 port 80 after 2000 ms: Timeout was reached\n',
    ],
    ['curl -sSf http://web/none', 22, '', 'curl: (22) The requested URL returned error: 404\n'],
    ['curl -sS http://rst', 56, '', 'curl: (56) Recv failure: Connection reset by peer\n'],
    ['curl -s -o /dev/null -w %{http_code}\\n http://web/none', 0, '404\n', ''],
    ['curl -s -w %{http_code} http://nobody', 6, '000', ''],
    ['curl -sL -w %{num_redirects}:%{url_effective} web/moved', 0, 'hello\n1:http://web/', ''],
    ['curl -s -o /dev/null -w %{redirect_url} web/moved', 0, 'http://web/', ''],
    ['curl -sSL --max-redirs 3 web/loop', 47, '', 'curl: (47) Maximum (3) redirects followed\n'],
    ['curl -s -d a=1 -d b=2 web/echo', 0, 'POST web - application/x-www-form-urlencoded  [a=1&b=2]\n', ''],
    ['curl -s -G --data-urlencode q=a&b web/echo', 0, 'GET web - - q=a%26b []\n', ''],
    ['curl -s -X PUT -H X-A:1 -H Host:other --json {} web/echo', 0, 'PUT other 1 application/json  [{}]\n', ''],
    ['curl -s --resolve x.y:80:web http://x.y/echo', 0, 'GET x.y - -  []\n', ''],
    ['curl -sk https://web/', 0, 'hello\n', ''],
    ['curl -s web/json', 0, '{\n  "kind": "Status"\n}', ''],
    [
      'curl -sI web',
      0,
      'HTTP/1.1 200 OK\r\nServer: nginx/1.29.0\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/html\r\n\r\n',
      '',
    ],
    ['curl', 2, '', 'curl: (2) no URL specified\n'],
    [
      'curl --nope web',
      2,
      '',
      "curl: option --nope: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    ['curl -x proxy:3128 web', 2, '', 'curl: option -x: is not simulated\n'],
    ['curl -sS gopher://web', 1, '', 'curl: (1) Protocol "gopher" not supported\n'],
  ])('%s', async (command, code, stdout, stderr) => {
    expect(await run(command)).toEqual({ code, stdout, stderr });
  });

  test('does not trust the cluster without -k or --cacert', async () => {
    const { code, stderr } = await run('curl -sS https://web');
    expect([code, stderr.split('\n')[0]]).toEqual([
      60,
      'curl: (60) SSL certificate problem: unable to get local issuer certificate',
    ]);
  });

  test('-v tells what it does', async () => {
    expect((await run('curl -sv --resolve web:80:web http://web')).stderr).toBe(
      '*   Trying web:80...\n* Connected to web (web) port 80\n> GET / HTTP/1.1\n> Host: web\n> User-Agent: curl/8.14.1\n> Accept: */*\n> \n' +
        '* Request completely sent off\n< HTTP/1.1 200 OK\n< Server: nginx/1.29.0\n< Date: Thu, 01 Jan 2026 00:00:00 GMT\n< Content-Type: text/html\n' +
        '< Content-Length: 6\n< \n{ [6 bytes data]\n* Connection #0 to host web left intact\n',
    );
  });

  test('has a progress meter when the output is no terminal', async () => {
    const lines = (await run('curl web')).stderr.split('\n');
    expect(lines[0]).toBe('  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current');
    expect(lines[2]).toContain('100     6  100     6    0     0');
    const machine = await lab();
    const { type } = await machine.terminal(['bash']);
    expect(await type('curl web\r')).not.toContain('% Total');
  });

  test('retries transient failures with growing pauses', async () => {
    let calls = 0;
    const flaky: Handler = async () => (++calls < 3 ? textResponse(503, 'wait\n') : textResponse(200, 'ok\n'));
    const machine = await lab({ hosts: new Map([['flaky:80', flaky]]) });
    const before = machine.loop.now();
    const { stdout, stderr } = await machine.run(['curl', '-sSf', '--retry', '5', 'flaky']);
    expect(stdout).toBe('ok\n');
    expect(stderr).toContain('Warning: Problem: HTTP error. Will retry in 1 second. 5 retries left.');
    expect(machine.loop.now() - before).toBeGreaterThanOrEqual(3000);
  });
});

const SERVER = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n';
const BIND = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n';
const FOUND = 'Name:\tweb.default.svc.cluster.local\nAddress: 10.96.1.2\n\n';
const missing = (...names: string[]) => names.map((name) => `** server can't find ${name}: NXDOMAIN\n\n`).join('');

describe('nslookup', () => {
  test.each([
    ['nslookup web.default.svc.cluster.local', 0, `${SERVER}${FOUND}\n`],
    ['nslookup web.default', 1, SERVER + missing('web.default', 'web.default')],
    ['nslookup -type=a web', 1, SERVER + FOUND + missing('web.svc.cluster.local', 'web.cluster.local')],
    ['nslookup 10.96.1.2', 0, `${SERVER}2.1.96.10.in-addr.arpa\tname = web.default.svc.cluster.local\n\n`],
    ['nslookup web 10.0.0.99', 1, ';; connection timed out; no servers could be reached\n\n'],
  ])('busybox: %s', async (command, code, stdout) => {
    expect(await busybox(command)).toEqual({ code, stdout, stderr: '' });
  });

  test('busybox 1.28 asks through the resolver and names addresses', async () => {
    expect(await run('nslookup web', 'busybox:1.28')).toEqual({
      code: 0,
      stdout: 'Server:    10.96.0.10\nAddress 1: 10.96.0.10\n\nName:      web\nAddress 1: web\n',
      stderr: '',
    });
    expect((await run('nslookup nobody', 'busybox:1.28')).stderr).toBe("nslookup: can't resolve 'nobody'\n");
  });

  test.each([
    ['nslookup web', 0, BIND + FOUND],
    ['nslookup nobody', 1, `${BIND}** server can't find nobody: NXDOMAIN\n\n`],
    ['nslookup 10.96.1.2', 0, '2.1.96.10.in-addr.arpa\tname = web.default.svc.cluster.local.\n\n'],
    [
      'nslookup -type=srv _http._tcp.web',
      0,
      `${BIND}_http._tcp.web.default.svc.cluster.local\tservice = 0 100 80 web.default.svc.cluster.local.\n\n`,
    ],
    ['host web', 0, 'web.default.svc.cluster.local has address 10.96.1.2\n'],
    ['host nobody', 1, 'Host nobody not found: 3(NXDOMAIN)\n'],
    ['host 10.96.1.2', 0, '2.1.96.10.in-addr.arpa domain name pointer web.default.svc.cluster.local.\n'],
  ])('bind: %s', async (command, code, stdout) => {
    expect(await run(command)).toEqual({ code, stdout, stderr: '' });
  });
});
