import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type DnsResponse, dnsReply, type Handler, NetError, Pipe, textResponse } from '#engine/http';
import { createLab, type Lab } from '../lab.ts';

const settle = () => setImmediate() as Promise<void>;

/** Answers every line in capitals. */
const shouter: Handler = async (request) => {
  const out = new Pipe<Uint8Array>(64);
  if (request.body?.kind !== 'stream' || request.body.framing !== 'bytes') throw new NetError('ECONNRESET', 'reset');
  void request.body.frames
    .forEach((bytes) => void out.push(new TextEncoder().encode(new TextDecoder().decode(bytes).toUpperCase())))
    .then(() => out.close());
  return { status: 200, headers: {}, body: { kind: 'stream', framing: 'bytes', frames: out } };
};
const web: Handler = async (request) =>
  request.method === 'GET' && request.path === '/'
    ? textResponse(200, 'hello\n', { server: 'nginx', 'content-type': 'text/html' })
    : textResponse(request.method === 'GET' ? 404 : 405, 'no\n');
const found: DnsResponse = {
  status: 'NOERROR',
  authoritative: true,
  answers: [{ name: 'web.default.svc.cluster.local.', type: 'A', ttlSeconds: 30, data: '10.96.1.2' }],
};
const dns: Handler = async (request) =>
  dnsReply(`${request.query.get('name')}`.startsWith('web.default.svc.') ? found : { status: 'NXDOMAIN', answers: [] });
const unreachable: Handler = () => Promise.reject(new NetError('EHOSTUNREACH', 'no route'));

const lab = async (image = 'podarium.local/workstation:latest'): Promise<Lab> => {
  const machine = await createLab(settle, {
    image,
    hosts: new Map([
      ['shout:7000', shouter],
      ['web:80', web],
      ['10.96.0.10:53', dns],
      ['10.0.0.7:7', unreachable],
    ]),
  });
  machine.write('/etc/resolv.conf', 'search default.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n');
  return machine;
};
const run = async (command: string, image?: string, stdin = '') =>
  (await lab(image)).run(command.split(' '), { stdin });

describe('nc and telnet', () => {
  test.each([
    ['nc shout 7000', 'hello\n', 0, 'HELLO\n', ''],
    ['nc -zv 10.0.0.1 81', '', 1, '', 'nc: connect to 10.0.0.1 port 81 (tcp) failed: Connection refused\n'],
    ['nc -zv -w 2 10.0.0.99 81', '', 1, '', 'nc: connect to 10.0.0.99 port 81 (tcp) failed: Connection timed out\n'],
    ['nc -zv shout 7000', '', 0, '', 'Connection to shout (shout) 7000 port [tcp/*] succeeded!\n'],
    ['nc -z web 80', '', 0, '', ''],
    ['nc -u web 80', '', 1, '', "nc: UDP mode is not simulated\nTry 'nc --help' for more information.\n"],
  ])('%s', async (command, stdin, code, stdout, stderr) => {
    expect(await run(command, undefined, stdin)).toEqual({ code, stdout, stderr });
  });

  test.each([
    ['nc -zv 10.0.0.1 81', 1, 'nc: 10.0.0.1 (10.0.0.1:81): Connection refused\n'],
    ['nc -zv shout 7000', 0, 'shout (shout:7000) open\n'],
    ['nc nobody 1', 1, "nc: bad address 'nobody'\n"],
  ])('busybox: %s', async (command, code, stderr) => {
    expect(await run(command, 'busybox')).toEqual({ code, stdout: '', stderr });
  });

  test('what is typed to a web server is read as a request', async () => {
    const { stdout } = await run('nc web 80', undefined, 'GET / HTTP/1.0\r\nHost: web\r\n\r\n');
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\nServer: nginx\r\n[\s\S]*\r\n\r\nhello\n$/);
  });

  test('-l takes a connection and ends with it', async () => {
    const machine = await lab();
    const listener = machine.start(['nc', '-l', '-p', '9000']);
    await machine.loop.runUntil(machine.loop.now() + 10);
    expect((await machine.run(['nc', '-w', '1', 'localhost', '9000'], { stdin: 'knock\n' })).code).toBe(0);
    expect(listener.output()).toBe('knock\n');
    expect(listener.status()?.code).toBe(0);
  });
});

describe('ping', () => {
  test.each([
    [
      'ping -c 2 10.0.0.1',
      0,
      'PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.\n64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.0300 ms\n64 bytes from 10.0.0.1: icmp_seq=2 ttl=64 time=0.0300 ms\n\n' +
        '--- 10.0.0.1 ping statistics ---\n2 packets transmitted, 2 received, 0% packet loss, time 1000ms\nrtt min/avg/max/mdev = 0.030/0.030/0.030/0.000 ms\n',
    ],
    [
      'ping -c 1 -W 2 10.0.0.99',
      1,
      'PING 10.0.0.99 (10.0.0.99) 56(84) bytes of data.\n\n--- 10.0.0.99 ping statistics ---\n1 packets transmitted, 0 received, 100% packet loss, time 2000ms\n\n',
    ],
    [
      'ping -c 1 10.0.0.7',
      1,
      'PING 10.0.0.7 (10.0.0.7) 56(84) bytes of data.\nFrom 10.0.0.5 icmp_seq=1 Destination Host Unreachable\n\n' +
        '--- 10.0.0.7 ping statistics ---\n1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms\n\n',
    ],
  ])('%s', async (command, code, stdout) => {
    expect(await run(command)).toEqual({ code, stdout, stderr: '' });
  });

  test('busybox counts from zero', async () => {
    expect((await run('ping -c 1 10.0.0.1', 'busybox')).stdout).toBe(
      'PING 10.0.0.1 (10.0.0.1): 56 data bytes\n64 bytes from 10.0.0.1: seq=0 ttl=64 time=0.030 ms\n\n' +
        '--- 10.0.0.1 ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\nround-trip min/avg/max = 0.030/0.030/0.030 ms\n',
    );
    expect((await run('ping nobody', 'busybox')).stderr).toBe("ping: bad address 'nobody'\n");
  });
});

describe('dig', () => {
  test.each([
    ['dig +short web.default.svc.cluster.local', 0, '10.96.1.2\n'],
    ['dig +short +search web', 0, '10.96.1.2\n'],
    ['dig +short nobody', 0, ''],
    ['dig +noall +answer web.default.svc.cluster.local', 0, 'web.default.svc.cluster.local. 30 IN A\t10.96.1.2\n'],
    ['dig +bogus x', 1, ''],
  ])('%s', async (command, code, stdout) => {
    expect(await run(command)).toMatchObject({ code, stdout });
  });

  test('says everything otherwise', async () => {
    const { stdout } = await run('dig nobody');
    expect(stdout).toContain('status: NXDOMAIN');
    expect(stdout).toContain(';; QUESTION SECTION:\n;nobody.\t\t\tIN\tA\n');
    expect(stdout).toContain(';; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)\n;; WHEN: Thu Jan 01 00:00:00 UTC 2026\n');
  });
});

describe('ip and ifconfig', () => {
  test.each([
    ['ip -4 addr show eth0', 'inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0'],
    ['ip a', '1: lo: <LOOPBACK,UP,LOWER_UP>'],
    ['ip route', 'default via 10.0.0.1 dev eth0 \n'],
    ['ip -br addr', 'eth0@if3         UP             10.0.0.5/24 \n'],
    ['ifconfig eth0', 'inet 10.0.0.5  netmask 255.255.255.0'],
  ])('%s', async (command, expected) => {
    const { code, stdout } = await run(command);
    expect([code, stdout.includes(expected)], stdout).toEqual([0, true]);
  });

  test.each([
    ['ip bogus', 1, 'Object "bogus" is unknown, try "ip help".\n'],
    ['ip link set eth0 down', 2, 'ip: changing the network is not simulated\n'],
    ['ip addr show wlan0', 1, 'Device "wlan0" does not exist.\n'],
  ])('%s', async (command, code, stderr) => {
    expect(await run(command)).toEqual({ code, stdout: '', stderr });
  });
});

describe('wget of GNU', () => {
  test.each([
    ['wget -qO- web', 0, 'hello\n', ''],
    [
      'wget -O- http://web/none',
      8,
      '',
      '--2026-01-01 00:00:00--  http://web/none\nResolving web (web)... web\nConnecting to web (web)|web|:80... connected.\nHTTP request sent, awaiting response... 404 Not Found\n2026-01-01 00:00:00 ERROR 404: Not Found.\n\n',
    ],
    [
      'wget http://nobody',
      4,
      '',
      '--2026-01-01 00:00:00--  http://nobody/\nResolving nobody (nobody)... failed: Name or service not known.\nwget: unable to resolve host address ‘nobody’\n',
    ],
    [
      'wget http://10.0.0.1:8080/',
      4,
      '',
      '--2026-01-01 00:00:00--  http://10.0.0.1:8080/\nConnecting to 10.0.0.1:8080... failed: Connection refused.\n',
    ],
    ['wget -q -T 2 -t 1 http://10.0.0.99', 4, '', ''],
  ])('%s', async (command, code, stdout, stderr) => {
    expect(await run(command)).toEqual({ code, stdout, stderr });
  });

  test('never writes over a file', async () => {
    const machine = await lab();
    for (let i = 0; i < 2; i++) await machine.run(['wget', '-q', 'web']);
    expect([machine.fs.exists('/index.html'), machine.fs.exists('/index.html.1')]).toEqual([true, true]);
  });
});
