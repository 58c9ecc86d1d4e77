/** The system and its processes: sleep, date, env, id, ps, kill, timeout, watch, xargs, time and the like. */
import { NetError } from '#engine/http';
import { absolute, DEFAULT_PATH, OsError, type Process, print, which } from '#engine/os';
import { type Applet, fail, parseOptions, UsageError } from '../applet.ts';
import { duration, lookup } from './identity.ts';

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
