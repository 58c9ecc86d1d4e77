/** The system and its processes: sleep, date, env, id, ps, kill, timeout, watch, xargs, time and the like. */
import { NetError } from '#engine/http';
import {
  absolute,
  createPipe,
  DEFAULT_PATH,
  OsError,
  type Process,
  parseSignal,
  print,
  readText,
  which,
} from '#engine/os';
import { civilTime } from '#engine/sim';
import { type Applet, complain, fail, Printer, parseOptions, UsageError } from '../applet.ts';
import { MONTHS, pad, shortDay, shortMonth, WEEKDAYS } from '../http-date.ts';
import { table } from './listing.ts';

const DURATION_MS: { readonly [unit: string]: number } = {
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  ms: 1,
};

function duration(text: string): number {
  if (text === 'infinity' || text === 'inf') return Number.MAX_SAFE_INTEGER / 4;
  const match = /^(\d*\.?\d+|\d+\.)([smhd]?)$/.exec(text);
  if (!match) throw new UsageError(`invalid time interval '${text}'`);
  return Number(match[1]) * (DURATION_MS[match[2] as string] as number);
}

export const sleep: Applet = async (process, flavour) => {
  const texts = process.argv.slice(1);
  if (texts.length === 0) throw new UsageError('missing operand');
  if (flavour === 'busybox' && texts.some((text) => !/^(\d*\.?\d+[smhd]?|inf(inity)?)$/.test(text)))
    return fail(process, `invalid number '${texts[0]}'`);
  await process.clock.sleep(
    texts.reduce((sum, text) => sum + duration(text), 0),
    'sleep',
  );
  return 0;
};

export const trueApplet: Applet = () => Promise.resolve(0);
export const falseApplet: Applet = () => Promise.resolve(1);

export const date: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    flags: 'uRI',
    values: 'dsr',
    long: { utc: 'u', 'date=': 'd', 'iso-8601': 'I', 'iso-8601=': 'J', 'rfc-3339=': 'J', 'rfc-email': 'R' },
  });
  if (options.has('s')) return fail(process, 'cannot set date: Operation not permitted');
  const given = options.value('d');
  let now = process.clock.now();
  if (given?.startsWith('@')) now = Number(given.slice(1)) * 1000;
  else if (given !== undefined && given !== 'now') return fail(process, `invalid date '${given}'`);
  const format = options.operands.find((operand) => operand.startsWith('+'))?.slice(1);
  const fallback = options.has('R')
    ? '%a, %d %b %Y %H:%M:%S +0000'
    : options.has('I')
      ? '%Y-%m-%d'
      : options.has('J')
        ? '%Y-%m-%dT%H:%M:%S+00:00'
        : '%a %b %e %H:%M:%S UTC %Y';
  await print(process.stdout, `${strftime(format ?? fallback, now)}\n`);
  return 0;
};

/** strftime(3), in UTC. */
export function strftime(format: string, at: number): string {
  const t = civilTime(at);
  const hour12 = t.hour % 12 || 12;
  const values: { readonly [letter: string]: string } = {
    Y: String(t.year),
    y: pad(t.year % 100),
    m: pad(t.month),
    d: pad(t.day),
    e: pad(t.day, 2, ' '),
    H: pad(t.hour),
    I: pad(hour12),
    M: pad(t.minute),
    S: pad(t.second),
    N: `${pad(t.millisecond, 3)}000000`,
    s: String(Math.floor(at / 1000)),
    a: shortDay(t.weekday),
    A: WEEKDAYS[t.weekday] as string,
    b: shortMonth(t.month),
    h: shortMonth(t.month),
    B: MONTHS[t.month - 1] as string,
    p: t.hour < 12 ? 'AM' : 'PM',
    Z: 'UTC',
    z: '+0000',
    u: String(t.weekday || 7),
    w: String(t.weekday),
    n: '\n',
    t: '\t',
    '%': '%',
    j: pad(Math.floor((at - yearStart(t.year)) / 86_400_000) + 1, 3),
    F: `${t.year}-${pad(t.month)}-${pad(t.day)}`,
    T: `${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`,
    R: `${pad(t.hour)}:${pad(t.minute)}`,
    D: `${pad(t.month)}/${pad(t.day)}/${pad(t.year % 100)}`,
    c: `${shortDay(t.weekday)} ${shortMonth(t.month)} ${pad(t.day, 2, ' ')} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)} ${t.year}`,
    x: `${pad(t.month)}/${pad(t.day)}/${pad(t.year % 100)}`,
    X: `${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`,
  }; // prettier-ignore
  return format.replace(/%(\d?)([-_0]?)([a-zA-Z%])/g, (all, digits: string, flag: string, letter: string) => {
    const value = values[letter];
    if (value === undefined) return all;
    if (letter === 'N' && digits) return value.slice(0, Number(digits));
    return flag === '-' ? value.replace(/^[0 ]+(?=.)/, '') : value;
  });
}

function yearStart(year: number): number {
  let days = 0;
  for (let y = 1970; y < year; y++) days += (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0 ? 366 : 365;
  return days * 86_400_000;
}

export const env: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    flags: 'i0',
    values: 'uC',
    long: { 'ignore-environment': 'i', 'unset=': 'u' },
    stopAtOperand: true,
  });
  const environment = options.has('i') ? new Map<string, string>() : new Map(process.env);
  for (const name of options.all('u')) environment.delete(name);
  const rest = [...options.operands];
  while (rest[0]?.includes('=')) {
    const text = rest.shift() as string;
    environment.set(text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1));
  }
  if (rest.length > 0) return runIt(process, rest, environment);
  for (const [name, value] of environment)
    await print(process.stdout, `${name}=${value}${options.has('0') ? '\0' : '\n'}`);
  return 0;
};

/** Becomes another program, with the words of env and its like when it cannot. */
async function runIt(
  process: Process,
  argv: readonly string[],
  environment: ReadonlyMap<string, string> = process.env,
): Promise<number> {
  try {
    return await process.exec(argv, { env: environment });
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    return fail(process, `'${argv[0]}': ${error.message}`, error.code === 'ENOENT' ? 127 : 126);
  }
}

export const nohup: Applet = (process) => {
  process.onSignal('SIGHUP', () => undefined);
  return runIt(process, process.argv.slice(1));
};

export const nice: Applet = (process) =>
  runIt(process, parseOptions(process.argv, { values: 'n', stopAtOperand: true, number: 'n' }).operands);

export const printenv: Applet = async (process) => {
  const wanted = process.argv.slice(1);
  if (wanted.length === 0) for (const [name, value] of process.env) await print(process.stdout, `${name}=${value}\n`);
  let code = 0;
  for (const name of wanted) {
    const value = process.env.get(name);
    if (value === undefined) code = 1;
    else await print(process.stdout, `${value}\n`);
  }
  return code;
};

function lookup(process: Process, file: string, id: number): string | undefined {
  if (!process.fs.exists(file)) return undefined;
  const rows = new TextDecoder()
    .decode(process.fs.readFile(file))
    .split('\n')
    .map((line) => line.split(':'));
  return rows.find((row) => row.length > 2 && Number(row[2]) === id)?.[0];
}

export const id: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'ugnGr' });
  const user = lookup(process, '/etc/passwd', process.uid);
  const group = lookup(process, '/etc/group', process.gid);
  const named = (number: number, name: string | undefined) => `${number}${name === undefined ? '' : `(${name})`}`;
  if (options.has('u')) await print(process.stdout, `${options.has('n') ? (user ?? process.uid) : process.uid}\n`);
  else if (options.has('g') || options.has('G'))
    await print(process.stdout, `${options.has('n') ? (group ?? process.gid) : process.gid}\n`);
  else
    await print(
      process.stdout,
      `uid=${named(process.uid, user)} gid=${named(process.gid, group)} groups=${named(process.gid, group)}\n`,
    );
  return 0;
};

export const whoami: Applet = async (process) => {
  const user = lookup(process, '/etc/passwd', process.uid);
  if (user === undefined)
    return fail(process, `cannot find name for user ID ${process.uid}: No such file or directory`);
  await print(process.stdout, `${user}\n`);
  return 0;
};

export const groups: Applet = async (process) => {
  await print(process.stdout, `${lookup(process, '/etc/group', process.gid) ?? process.gid}\n`);
  return 0;
};

export const hostname: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'iIfsd' });
  if (options.operands.length > 0) return fail(process, 'you must be root to change the host name');
  const address = process.net.addresses.join(' ');
  await print(
    process.stdout,
    `${options.has('i') || options.has('I') ? address : options.has('s') ? process.hostname.split('.', 1)[0] : process.hostname}\n`,
  );
  return 0;
};

export const uname: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'asnrvmpio' });
  const parts: [string, string][] = [
    ['s', 'Linux'],
    ['n', process.hostname],
    ['r', '6.8.0-podarium'],
    ['v', '#1 SMP PREEMPT_DYNAMIC'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ];
  const wanted = parts.filter(([letter]) => options.has('a') || options.has(letter));
  await print(
    process.stdout,
    `${(wanted.length > 0 ? wanted : parts.slice(0, 1)).map(([, text]) => text).join(' ')}\n`,
  );
  return 0;
};

export const arch: Applet = async (process) => {
  await print(process.stdout, 'x86_64\n');
  return 0;
};

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

export const whichApplet: Applet = async (process) => {
  let code = 0;
  for (const name of process.argv.slice(1).filter((arg) => !arg.startsWith('-'))) {
    const path = which(name, { fs: process.fs, cwd: process.cwd, path: process.env.get('PATH') ?? DEFAULT_PATH });
    if (path !== undefined && process.fs.exists(absolute(path, process.cwd))) await print(process.stdout, `${path}\n`);
    else code = 1;
  }
  return code;
};

export const tty: Applet = async (process) => {
  await print(process.stdout, process.terminal ? '/dev/pts/0\n' : 'not a tty\n');
  return process.terminal ? 0 : 1;
};

export const clear: Applet = async (process) => {
  await print(process.stdout, '\x1b[H\x1b[2J\x1b[3J');
  return 0;
};

export const nproc: Applet = async (process) => {
  await print(process.stdout, '2\n');
  return 0;
};

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

/** Full-screen editors need a screen that is not simulated. */
export const editor: Applet = (process) =>
  fail(process, 'full-screen editors are not simulated here; use the editor pane, or sed and here-documents');

/** apt, apk: nothing can be installed. */
export const packageManager: Applet = (process) =>
  fail(
    process,
    'packages cannot be installed: there is no package repository inside Podarium; use an image that has what you need',
    100,
  );

export const more: Applet = async (process) => {
  const names = process.argv.slice(1).filter((arg) => !arg.startsWith('-'));
  return process.exec(['cat', ...names]);
};

export const getent: Applet = async (process) => {
  const [database, key] = process.argv.slice(1);
  if (database === 'hosts' || database === 'ahosts') {
    try {
      const [address] = await process.net.lookup(key ?? '');
      await print(process.stdout, `${(address ?? '').padEnd(15)} ${key}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return 2;
    }
  }
  const file = `/etc/${database}`;
  if (!process.fs.exists(file)) return fail(process, `Unknown database: ${database}`);
  const lines = new TextDecoder().decode(process.fs.readFile(file)).split('\n');
  for (const line of lines)
    if (line !== '' && (key === undefined || line.startsWith(`${key}:`))) await print(process.stdout, `${line}\n`);
  return 0;
};
