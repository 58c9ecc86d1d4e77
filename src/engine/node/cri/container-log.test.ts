import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Loop } from '#engine/sim';
import { commandOf } from './container-config.ts';
import { ContainerLog, type LogOptions, logTimestamp, renderLines } from './container-log.ts';
import { hostsFile, resolvConf } from './sandbox.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (parts: readonly Uint8Array[]) => parts.map((part) => new TextDecoder().decode(part)).join('|');
const clock = (start = 0) => new Loop({ settle: () => setImmediate() as Promise<void>, trace: () => undefined }, start);

describe('a container log', () => {
  test('keeps lines whole, whatever the writes were, and the rest at the end', async () => {
    const log = new ContainerLog(clock());
    const sink = log.sink('stdout');
    for (const part of ['on', 'e\ntwo\nth', 'ree']) await sink.write(bytes(part));
    expect(text(log.lines.map((line) => line.data))).toBe('one\n|two\n');
    sink.close();
    expect(text(log.lines.map((line) => line.data))).toBe('one\n|two\n|three');
  });

  test('cuts lines longer than 16 KiB and forgets the oldest lines', async () => {
    const loop = clock();
    const log = new ContainerLog(loop);
    const sink = log.sink('stdout');
    await sink.write(bytes(`${'x'.repeat(20_000)}\n`));
    expect(log.lines.map((line) => line.data.length)).toEqual([16_384, 3617]);
    for (let i = 0; i < 200; i++) void sink.write(bytes(`${String(i).padStart(9_999, '0')}\n`));
    const kept = log.lines.reduce((sum, line) => sum + line.data.length, 0);
    expect(kept).toBeLessThan(1_100_000);
    expect(new TextDecoder().decode(log.lines.at(-1)?.data)).toMatch(/199\n$/);
  });

  test('holds up who prints faster than a line in 10 microseconds', async () => {
    const loop = clock();
    const log = new ContainerLog(loop);
    const sink = log.sink('stdout');
    let writes = 0;
    const printing = async () => {
      for (;;) {
        await sink.write(bytes('y\n'.repeat(1000)));
        writes++;
      }
    };
    void printing();
    await loop.runUntil(1000);
    expect(writes).toBeGreaterThan(80);
    expect(writes).toBeLessThan(100);
  });

  test('followers get what comes, and the end', async () => {
    const log = new ContainerLog(clock());
    const seen: string[] = [];
    const stop = log.follow((line) => {
      seen.push(line ? new TextDecoder().decode(line.data) : 'end');
    });
    await log.sink('stderr').write(bytes('a\n'));
    log.close();
    stop();
    expect(seen).toEqual(['a\n', 'end']);
  });

  test.each<[string, LogOptions, string]>([
    ['everything', {}, 'a\n|b\n|c\n'],
    ['the tail', { tailLines: 2 }, 'b\n|c\n'],
    ['nothing', { tailLines: 0 }, ''],
    ['since an instant', { since: 1_000 }, 'b\n|c\n'],
    ['a limit in bytes', { limitBytes: 3 }, 'a\n|b'],
    ['with times', { tailLines: 1, timestamps: true }, '1970-01-01T00:00:02Z c\n'],
  ])('read: %s', (_, options, expected) => {
    const lines = ['a', 'b', 'c'].map((letter, i) => ({
      at: i * 1000,
      stream: 'stdout' as const,
      data: bytes(`${letter}\n`),
    }));
    expect(text(renderLines(lines, options))).toBe(expected);
  });

  test.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_767_225_600_123.25, '2026-01-01T00:00:00.12325Z'],
  ])('the time %d', (at, expected) => {
    expect(logTimestamp(at)).toBe(expected);
  });
});

test.each([
  ['the image decides', {}, ['entry', 'cmd']],
  ['args replace cmd', { args: ['x'] }, ['entry', 'x']],
  ['command replaces both', { command: ['c'] }, ['c']],
  ['command and args', { command: ['c'], args: ['x'] }, ['c', 'x']],
])('argv: %s', (_, config, expected) => {
  expect(commandOf(config, ['entry'], ['cmd'])).toEqual(expected);
});

test('resolv.conf and hosts', () => {
  expect(
    resolvConf({
      servers: ['10.96.0.10'],
      searches: ['d.svc.cluster.local', 'svc.cluster.local'],
      options: ['ndots:5'],
    }),
  ).toBe('search d.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n');
  const config = { hostname: 'web-0', hostNetwork: false, hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }] };
  const hosts = hostsFile(config as unknown as Parameters<typeof hostsFile>[0], ['10.244.1.2']);
  expect(hosts).toContain('10.244.1.2\tweb-0\n');
  const named = { ...config, ownNames: ['web-0.web.default.svc.cluster.local', 'web-0'] };
  expect(hostsFile(named as unknown as Parameters<typeof hostsFile>[0], ['10.244.1.2'])).toContain(
    '\n10.244.1.2\tweb-0.web.default.svc.cluster.local\tweb-0\n',
  );
  expect(hosts).toContain('# Entries added by HostAliases.\n1.2.3.4\ta\tb\n');
});
