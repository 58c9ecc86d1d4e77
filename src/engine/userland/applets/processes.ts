/** Processes: ps, kill, timeout, time, watch, xargs, top. */
import { createPipe, OsError, parseSignal, print, readText } from '#engine/os';
import { type Applet, complain, fail, Printer, parseOptions, UsageError } from '../applet.ts';
import { pad } from '../http-date.ts';
import { strftime } from './date.ts';
import { duration, lookup } from './identity.ts';
import { table } from './listing.ts';

const clockText = (ms: number) => `${Math.floor(ms / 3_600_000)}:${pad(Math.floor(ms / 60_000) % 60)}`;

export const ps: Applet = async (process, flavour) => {
  const args = process.argv.slice(1).join('');
  const all = process.processes();
  const user = (uid: number) => lookup(process, '/etc/passwd', uid) ?? String(uid);
  const start = (at: number) => strftime('%H:%M', at);
  const cpu = (ms: number) =>
    `${pad(Math.floor(ms / 3_600_000))}:${pad(Math.floor(ms / 60_000) % 60)}:${pad(Math.floor(ms / 1000) % 60)}`;
  let rows: string[][];
  if (flavour === 'busybox')
    rows = [
      ['PID', 'USER', 'TIME', 'COMMAND'],
      ...all.map((each) => [String(each.pid), user(each.uid), clockText(each.cpuMs), each.argv.join(' ')]),
    ];
  else if (/u/.test(args)) {
    rows = [['USER', 'PID', '%CPU', '%MEM', 'VSZ', 'RSS', 'TTY', 'STAT', 'START', 'TIME', 'COMMAND']];
    for (const each of all)
      rows.push([
        user(each.uid),
        String(each.pid),
        '0.0',
        '0.0',
        String(Math.round(each.memoryBytes / 512)),
        String(Math.round(each.memoryBytes / 1024)),
        '?',
        `${each.state}s`,
        start(each.startedAt),
        clockText(each.cpuMs),
        each.argv.join(' '),
      ]);
  } else if (/f/.test(args))
    rows = [
      ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
      ...all.map((each) => [
        user(each.uid),
        String(each.pid),
        String(each.ppid),
        '0',
        start(each.startedAt),
        '?',
        cpu(each.cpuMs),
        each.argv.join(' '),
      ]),
    ];
  else
    rows = [
      ['PID', 'TTY', 'TIME', 'CMD'],
      ...all.map((each) => [String(each.pid), '?', cpu(each.cpuMs), (each.argv[0] ?? '').replace(/^.*\//, '')]),
    ];
  await print(
    process.stdout,
    table(rows, flavour === 'busybox' ? [0] : /u/.test(args) ? [1, 2, 3, 4, 5] : /f/.test(args) ? [1, 2] : [0]),
  );
  return 0;
};

export const kill: Applet = async (process) => {
  const args = process.argv.slice(1);
  let signal = parseSignal('TERM');
  if (args[0] === '-s') signal = parseSignal(args.splice(0, 2)[1] ?? '');
  else if (args[0]?.startsWith('-') && args[0] !== '--') signal = parseSignal((args.shift() as string).slice(1));
  if (!signal) return fail(process, 'bad signal name');
  let code = 0;
  for (const text of args) {
    try {
      process.kill(Number(text), signal);
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      await complain(process, `can't kill pid ${text}: ${error.message}`);
      code = 1;
    }
  }
  return code;
};

/** pkill, killall, pgrep: by the name of the program. */
export const killByName: Applet = async (process) => {
  const name = (process.argv[0] ?? '').replace(/^.*\//, '');
  const args = process.argv.slice(1);
  const signalArg = args.find((arg) => /^-(\d+|[A-Z]+)$/.test(arg) && parseSignal(arg.slice(1)));
  const options = parseOptions(['', ...args.filter((arg) => arg !== signalArg)], { flags: 'flxaqvo', values: 's' });
  const pattern = options.operands[0] ?? '';
  const found = process.processes().filter(({ pid, argv }) => {
    const shown = options.has('f') ? argv.join(' ') : (argv[0] ?? '').replace(/^.*\//, '');
    return pid !== process.pid && (name === 'killall' ? shown === pattern : new RegExp(pattern).test(shown));
  });
  for (const each of found) {
    if (name === 'pgrep')
      await print(
        process.stdout,
        `${each.pid}${options.has('l') || options.has('a') ? ` ${each.argv.join(' ')}` : ''}\n`,
      );
    else process.kill(each.pid, parseSignal(signalArg?.slice(1) ?? options.value('s') ?? 'TERM') ?? 'SIGTERM');
  }
  if (found.length === 0 && name === 'killall') await complain(process, `${pattern}: no process killed`);
  return found.length > 0 ? 0 : 1;
};

export const timeout: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'fv',
    values: 'sk',
    long: { 'signal=': 's', 'kill-after=': 'k', foreground: 'f', 'preserve-status': 'p' },
    stopAtOperand: true,
  });
  const [limit, ...argv] = options.operands;
  if (limit === undefined || argv.length === 0) throw new UsageError('missing operand');
  const signal = parseSignal(options.value('s') ?? 'TERM') ?? 'SIGTERM';
  try {
    const child = process.spawn(argv);
    let timedOut = false;
    process.onSignal('SIGTERM', () => child.kill('SIGTERM'));
    const timer = process.clock.after(duration(limit), 'timeout', () => {
      timedOut = true;
      child.kill(signal);
      const grace = options.value('k');
      if (grace !== undefined) process.clock.after(duration(grace), 'timeout -k', () => child.kill('SIGKILL'));
    });
    const status = await process.until(child.exited);
    timer.cancel();
    if (!timedOut || options.has('p')) return status.code;
    return flavour === 'busybox' ? 143 : signal === 'SIGKILL' ? 137 : 124;
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    return fail(process, `failed to run command '${argv[0]}': ${error.message}`, error.code === 'ENOENT' ? 127 : 126);
  }
};

export const time: Applet = async (process) => {
  const startedAt = process.clock.now();
  const { code } = await process.until(process.spawn(process.argv.slice(1).filter((arg) => arg !== '-p')).exited);
  const seconds = (process.clock.now() - startedAt) / 1000;
  await print(
    process.stderr,
    `real\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
  );
  return code;
};

export const watch: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    flags: 'tdexc',
    values: 'n',
    long: { 'interval=': 'n', differences: 'd', 'no-title': 't' },
    stopAtOperand: true,
  });
  const interval = Math.max(0.1, Number(options.value('n') ?? 2));
  const line = options.operands.join(' ');
  for (;;) {
    const title = options.has('t')
      ? ''
      : `Every ${interval.toFixed(1)}s: ${line}\t${process.hostname}: ${strftime('%c', process.clock.now())}\n\n`;
    await print(process.stdout, `\x1b[H\x1b[2J${title}`);
    await process.until(process.spawn(['sh', '-c', line]).exited);
    await process.clock.sleep(interval * 1000, 'watch');
  }
};

export const xargs: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    flags: '0rtpx',
    values: 'nIdPLs',
    long: { null: '0', 'no-run-if-empty': 'r', 'max-args=': 'n', 'max-procs=': 'P', 'delimiter=': 'd', verbose: 't' },
    stopAtOperand: true,
  });
  const command = options.operands.length > 0 ? options.operands : ['echo'];
  const replace = options.value('I');
  const text = await readText(process.stdin);
  const items = options.has('0')
    ? text.split('\0').filter((item) => item !== '')
    : replace !== undefined || options.has('L')
      ? text
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
      : options.has('d')
        ? text.replace(/\n$/, '').split((options.value('d') as string).replace('\\n', '\n'))
        : shellWords(text);
  const size = replace !== undefined ? 1 : Number(options.value('n') ?? options.value('L') ?? 5000);
  let code = 0;
  const batches: string[][] = [];
  for (let i = 0; i < items.length; i += size) batches.push(items.slice(i, i + size));
  if (items.length === 0 && !options.has('r') && replace === undefined) batches.push([]);
  for (const batch of batches) {
    const argv =
      replace === undefined
        ? [...command, ...batch]
        : command.map((arg) => arg.replaceAll(replace, batch[0] as string));
    if (options.has('t')) await print(process.stderr, `${argv.join(' ')}\n`);
    try {
      const status = await process.until(process.spawn(argv, { stdin: createPipeEnd() }).exited);
      if (status.code === 255) return 124;
      if (status.signal) return 125;
      if (status.code !== 0) code = 123;
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      return fail(process, `${argv[0]}: ${error.message}`, error.code === 'ENOENT' ? 127 : 126);
    }
  }
  return code;
};

function createPipeEnd() {
  const { source, sink } = createPipe();
  sink.close();
  return source;
}

function shellWords(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/gs)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'|\\(.)/gs, (_, a, b, c) => a ?? b ?? c ?? ''),
  );
}

export const uptime: Applet = async (process) => {
  const seconds = Number(new TextDecoder().decode(process.fs.readFile('/proc/uptime')).split(' ', 1)[0]);
  await print(
    process.stdout,
    ` ${strftime('%H:%M:%S', process.clock.now())} up ${Math.floor(seconds / 60)} min,  0 users,  load average: 0.00, 0.00, 0.00\n`,
  );
  return 0;
};

export const free: Applet = async (process) => {
  const used = Math.round(process.processes().reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) / 1024);
  const total = 8_388_608;
  const unit = process.argv.includes('-m') ? 1024 : 1;
  const cells = [total, used, total - used, 0, 0, total - used]
    .map((value) => String(Math.round(value / unit)).padStart(12))
    .join('');
  await print(
    process.stdout,
    `${' '.repeat(15)}total        used        free      shared  buff/cache   available\nMem:${cells}\nSwap:${'0'.padStart(11)}${'0'.padStart(12)}${'0'.padStart(12)}\n`,
  );
  return 0;
};

export const top: Applet = async (process) => {
  for (;;) {
    const printer = new Printer(process.stdout);
    await printer.print(`\x1b[H\x1b[2JMem: 0K used\nCPU:   0% usr   0% sys\n  PID  PPID USER     STAT   VSZ COMMAND\n`);
    for (const { pid, ppid, uid, state, memoryBytes, argv } of process.processes())
      await printer.print(
        `${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${(lookup(process, '/etc/passwd', uid) ?? String(uid)).padEnd(8)} ${state}    ${String(Math.round(memoryBytes / 1024)).padStart(6)} ${argv.join(' ')}\n`,
      );
    await printer.flush();
    if (process.argv.includes('-b') || process.argv.some((arg) => /^-b?n/.test(arg))) return 0;
    await process.clock.sleep(3000, 'top');
  }
};
