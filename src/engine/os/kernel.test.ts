import { expect, test } from 'vitest';
import { type Net, NetError, Pipe } from '#engine/http';
import { createRng, Loop } from '#engine/sim';
import {
  createDevices,
  createFileSystem,
  createKernel,
  createPipe,
  createTty,
  createVolume,
  type ExitStatus,
  executable,
  type Process,
  type ProcessGroup,
  type ProcessGroupOptions,
  type Program,
  print,
  readLines,
  readText,
  untilSignal,
} from './index.ts';

const net: Net = {
  addresses: ['10.0.0.1'],
  listen: () => ({ close: () => undefined }),
  fetch: () => Promise.reject(new NetError('ECONNREFUSED', 'connection refused')),
  lookup: () => Promise.reject(new NetError('ENOTFOUND', 'no such host')),
};

function machine(programs: { readonly [name: string]: Program }, options: Partial<ProcessGroupOptions> = {}) {
  const loop = new Loop({ settle: () => new Promise((resolve) => setImmediate(resolve)), trace: () => undefined }, 0);
  const world = { clock: loop, trace: loop, rng: createRng(1) };
  const volume = createVolume(loop);
  const fs = createFileSystem([
    { path: '/', volume },
    { path: '/dev', volume: createDevices(loop) },
  ]);
  fs.mkdir('/bin');
  for (const name of Object.keys(programs)) fs.writeFile(`/bin/${name}`, executable(name), { mode: 0o755 });
  const kernel = createKernel(world, { programs: new Map(Object.entries(programs)) });
  const group = kernel.createGroup({ name: 'test', hostname: 'host', fs, net, ...options });
  return { loop, fs, group, volume };
}

/** Starts an init and collects what it prints. */
function run(loop: Loop, group: ProcessGroup, argv: readonly string[]) {
  const out = new Pipe<Uint8Array>(1000);
  const child = group.start(argv, { stdout: out, stderr: out });
  let status: ExitStatus | undefined;
  void child.exited.then((end) => {
    status = end;
    out.close();
  });
  const text = readText(out);
  return { child, text, status: () => status, until: (ms: number) => loop.runUntil(loop.now() + ms) };
}

const forever: Program = async (process) => {
  await process.clock.sleep(1e9, 'forever');
  return 0;
};

test('an init ignores SIGTERM without a handler, and dies of SIGKILL', async () => {
  const { loop, group } = machine({ forever });
  const init = run(loop, group, ['forever']);
  await init.until(10);
  init.child.kill('SIGTERM');
  await init.until(10);
  expect(init.status()).toBeUndefined();
  init.child.kill('SIGKILL');
  await init.until(10);
  expect(init.status()).toEqual({ code: 137, signal: 'SIGKILL' });
  expect(loop.nextDue).toBeUndefined();
});

test('a child dies of SIGTERM with 143, a handler prevents it', async () => {
  const init: Program = async (process) => {
    const plain = process.spawn(['forever']);
    const graceful = process.spawn(['graceful']);
    await process.clock.sleep(5, 'wait');
    plain.kill('SIGTERM');
    graceful.kill('SIGTERM');
    await print(process.stdout, `${JSON.stringify([await plain.exited, await graceful.exited])}\n`);
    return 0;
  };
  const graceful: Program = async (process) => {
    await untilSignal(process, ['SIGTERM']);
    return 7;
  };
  const { loop, group } = machine({ init, forever, graceful });
  const main = run(loop, group, ['init']);
  await main.until(100);
  expect(JSON.parse(await main.text)).toEqual([{ code: 143, signal: 'SIGTERM' }, { code: 7 }]);
});

test('the end of the init kills everything else, and nothing of it goes on', async () => {
  let ticks = 0;
  const init: Program = async (process) => {
    process.spawn(['ticker']);
    await process.clock.sleep(100, 'init');
    return 3;
  };
  const ticker: Program = async (process) => {
    for (;;) {
      await process.clock.sleep(10, 'tick');
      ticks++;
    }
  };
  const { loop, group } = machine({ init, ticker });
  const main = run(loop, group, ['init']);
  await main.until(1000);
  expect(main.status()).toEqual({ code: 3 });
  expect(ticks).toBeLessThanOrEqual(10);
  expect(group.processes()).toEqual([]);
  expect(loop.nextDue).toBeUndefined();
});

test('a writer whose reader ended dies of SIGPIPE, a reader whose writer ended sees the end', async () => {
  const yes: Program = async (process) => {
    for (;;) {
      await process.compute(0.1);
      await print(process.stdout, 'y\n');
    }
  };
  const head: Program = async (process) => {
    for await (const line of readLines(process.stdin)) {
      await print(process.stdout, `got ${line}\n`);
      break;
    }
    return 0;
  };
  const init: Program = async (process) => {
    const { source, sink } = createPipe();
    const writer = process.spawn(['yes'], { stdout: sink });
    const reader = process.spawn(['head'], { stdin: source });
    await print(process.stdout, JSON.stringify([await reader.exited, await writer.exited]));
    return 0;
  };
  const { loop, group } = machine({ yes, head, init });
  const main = run(loop, group, ['init']);
  await main.until(1000);
  expect(await main.text).toBe(`got y\n${JSON.stringify([{ code: 0 }, { code: 141, signal: 'SIGPIPE' }])}`);
});

test('a tight loop burns virtual time at the rate of its limit', async () => {
  let turns = 0;
  const spin: Program = async (process) => {
    for (;;) {
      await process.compute(1);
      turns++;
    }
  };
  const { loop, group } = machine({ spin }, { cpuLimitCores: 0.1 });
  const main = run(loop, group, ['spin']);
  await main.until(1000);
  expect(turns).toBeGreaterThan(90);
  expect(turns).toBeLessThan(102);
  expect(group.cpuUsageMs).toBeGreaterThan(90);
  main.child.kill('SIGKILL');
  await main.until(10);
  const after = turns;
  await main.until(1000);
  expect(turns).toBe(after);
});

test.each([
  ['no such command', ['nope'], 'ENOENT'],
  ['a missing file', ['/bin/nope'], 'ENOENT'],
  ['a directory', ['/bin'], 'EACCES'],
  ['not executable', ['/plain'], 'EACCES'],
  ['text without an interpreter', ['/text'], 'ENOEXEC'],
])('starting %s', (_, argv, code) => {
  const { fs, group } = machine({ forever });
  fs.writeFile('/plain', new TextEncoder().encode('x'));
  fs.writeFile('/text', new TextEncoder().encode('echo hi'), { mode: 0o755 });
  expect(() => group.start(argv)).toThrow(expect.objectContaining({ code }));
});

test('a script runs its interpreter', async () => {
  const show: Program = async (process) => {
    await print(process.stdout, process.argv.join(' '));
    return 0;
  };
  const { loop, fs, group } = machine({ show });
  fs.writeFile('/script', new TextEncoder().encode('#!/bin/show -x y\nbody'), { mode: 0o755 });
  const main = run(loop, group, ['/script', 'a']);
  await main.until(10);
  expect(await main.text).toBe('/bin/show -x y /script a');
});

test('a fork bomb meets the limit of processes', async () => {
  const bomb: Program = async (process) => {
    for (;;) {
      await process.compute(1);
      process.spawn(['bomb']);
    }
  };
  const { loop, group } = machine({ bomb }, { maxProcesses: 50 });
  const main = run(loop, group, ['bomb']);
  await main.until(200);
  expect(group.processes().length).toBeLessThanOrEqual(50);
  group.killAll();
  await main.until(10);
  expect(await main.text).toContain('Resource temporarily unavailable');
  expect(loop.nextDue).toBeUndefined();
});

test('beyond the memory limit the largest process is killed', async () => {
  const victims: unknown[] = [];
  const hog: Program = async (process) => {
    process.setMemory(100e6);
    return 0;
  };
  const { loop, group } = machine({ hog }, { memoryLimitBytes: 50e6, onOutOfMemory: (victim) => victims.push(victim) });
  const main = run(loop, group, ['hog']);
  await main.until(10);
  expect(main.status()).toEqual({ code: 137, signal: 'SIGKILL' });
  expect(victims).toEqual([{ pid: 1, isInit: true }]);
  expect(group.outOfMemory).toBe(true);
});

test('a crash is exit code 2 with the message', async () => {
  const crash: Program = () => Promise.reject(new Error('panic: boom'));
  const { loop, group } = machine({ crash });
  const main = run(loop, group, ['crash']);
  await main.until(10);
  expect(main.status()).toEqual({ code: 2 });
  expect(await main.text).toBe('crash: panic: boom\n');
});

test('a terminal echoes, edits a line and turns Ctrl-C into SIGINT', async () => {
  const cat: Program = async (process) => {
    await process.stdin.forEach((bytes) => void process.stdout.write(bytes));
    return 0;
  };
  const init: Program = async (process) => {
    process.onSignal('SIGINT', () => undefined);
    return (await process.spawn(['cat']).exited).code;
  };
  const { loop, group } = machine({ init, cat });
  const tty = createTty({ columns: 80, rows: 24 });
  const child = group.start(['init'], { tty });
  let screen = '';
  void tty.output.forEach((bytes) => {
    screen += new TextDecoder().decode(bytes);
  });
  const type = async (text: string) => {
    await tty.input.write(new TextEncoder().encode(text));
    await loop.runUntil(loop.now() + 10);
  };
  await type('');
  await type('hex\x7fy\r');
  expect(screen).toBe('hex\b \by\r\nhey\r\n');
  await type('\x03');
  expect(await child.exited).toEqual({ code: 130 });
});

test('/proc shows the processes and knows who looks', async () => {
  const look: Program = async (process) => {
    const decode = (path: string) => new TextDecoder().decode(process.fs.readFile(path));
    await print(
      process.stdout,
      `${process.fs.readlink('/proc/self')} ${decode('/proc/1/comm')}${decode('/proc/self/cmdline')}`,
    );
    return 0;
  };
  const init: Program = async (process) => (await process.spawn(['look', 'x']).exited).code;
  const { loop, group } = machine({ init, look });
  const main = run(loop, group, ['init']);
  await main.until(50);
  expect(await main.text).toBe('2 init\nlook\0x\0');
});

test('ports and timers die with the process', async () => {
  let open = 0;
  const listening: Net = {
    ...net,
    listen: () => {
      open++;
      return { close: () => void open-- };
    },
  };
  const server: Program = async (process: Process) => {
    process.net.listen(80, () => Promise.resolve({ status: 200, headers: {} }));
    process.clock.after(1e6, 'later', () => expect.unreachable());
    await forever(process);
    return 0;
  };
  const { loop, group } = machine({ server }, { net: listening });
  const main = run(loop, group, ['server']);
  await main.until(50);
  expect(open).toBe(1);
  main.child.kill('SIGKILL');
  expect(open).toBe(0);
  expect(loop.nextDue).toBeUndefined();
});
