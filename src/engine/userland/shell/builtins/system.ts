/** Builtins about the process: directories, jobs, signals, limits, aliases, history. */
import { absolute, type ExitStatus, OsError, parseSignal } from '#engine/os';
import { describeJob, findJob, forgetEnded } from '../jobs.ts';
import { quoteForReuse } from '../quoting.ts';
import { appendHistory, readHistory, writeHistory } from '../readline/history.ts';
import type { Shell } from '../shell.ts';
import { untilSignalOr } from '../traps.ts';
import type { Builtin } from './builtin.ts';

export const cd: Builtin = async (shell, argv) => {
  const args = argv.slice(1).filter((arg) => arg !== '-P' && arg !== '-L' && arg !== '--');
  if (args.length > 1 && shell.flavour !== 'dash') {
    await shell.complain('too many arguments', 'cd');
    return 1;
  }
  const target = args[0] === '-' ? shell.get('OLDPWD') : (args[0] ?? shell.get('HOME'));
  if (target === undefined) {
    await shell.complain(args[0] === '-' ? 'OLDPWD not set' : 'HOME not set', 'cd');
    return 1;
  }
  const code = await changeDirectory(shell, target, 'cd');
  if (code === 0 && args[0] === '-') await shell.print(`${shell.process.cwd}\n`);
  return code;
};

async function changeDirectory(shell: Shell, target: string, command: string): Promise<number> {
  const { process } = shell;
  const path = normalise(absolute(target, shell.get('PWD') ?? process.cwd));
  try {
    const stat = process.fs.stat(path);
    if (stat.type !== 'directory') throw new OsError('ENOTDIR', 'Not a directory');
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    await shell.complain(
      shell.flavour === 'bash'
        ? `${target}: ${error.message}`
        : shell.flavour === 'dash'
          ? `can't cd to ${target}`
          : `can't cd to ${target}: ${error.message}`,
      command,
    );
    return shell.flavour === 'dash' ? 2 : 1;
  }
  shell.variables.set('OLDPWD', shell.get('PWD') ?? process.cwd);
  process.cwd = path;
  shell.variables.set('PWD', path);
  return 0;
}

/** Without dots; symlinks stay as they were written. */
export function normalise(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '' && part !== '.') out.push(part);
  }
  return `/${out.join('/')}`;
}

export const pwd: Builtin = async (shell, argv) => {
  await shell.print(
    `${argv[1] === '-P' ? shell.process.fs.realpath(shell.process.cwd) : (shell.get('PWD') ?? shell.process.cwd)}\n`,
  );
  return 0;
};

const stackText = (shell: Shell): string => {
  const home = shell.get('HOME');
  const short = (path: string) =>
    home && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
  return `${[shell.process.cwd, ...shell.directoryStack].map(short).join(' ')}\n`;
};

export const pushd: Builtin = async (shell, argv) => {
  const before = shell.process.cwd;
  const target = argv[1] ?? shell.directoryStack.shift();
  if (target === undefined) {
    await shell.complain('no other directory', 'pushd');
    return 1;
  }
  const code = await changeDirectory(shell, target, 'pushd');
  if (code !== 0) return code;
  shell.directoryStack.unshift(before);
  await shell.print(stackText(shell));
  return 0;
};

export const popd: Builtin = async (shell) => {
  const target = shell.directoryStack.shift();
  if (target === undefined) {
    await shell.complain('directory stack empty', 'popd');
    return 1;
  }
  const code = await changeDirectory(shell, target, 'popd');
  if (code === 0) await shell.print(stackText(shell));
  return code;
};

export const dirs: Builtin = async (shell) => {
  await shell.print(stackText(shell));
  return 0;
};

export const wait: Builtin = async (shell, argv) => {
  const args = argv.slice(1).filter((arg) => arg !== '-n' && arg !== '-f');
  const waitFor = async (promise: Promise<unknown>) => untilSignalOr(shell, promise);
  const interrupted = (result: unknown): number | undefined =>
    typeof result === 'object' && result !== null && 'interruptedBy' in result
      ? (result as { interruptedBy: number }).interruptedBy
      : undefined;
  if (args.length === 0) {
    const jobs = argv.includes('-n')
      ? [Promise.race(shell.jobs.map(({ child }) => child.exited))]
      : shell.jobs.map(({ child }) => child.exited);
    if (shell.jobs.length === 0) return argv.includes('-n') ? 127 : 0;
    const result = await waitFor(Promise.all(jobs));
    const code = interrupted(result);
    if (code !== undefined) return code;
    forgetEnded(shell);
    return argv.includes('-n') ? ((result as readonly ExitStatus[])[0]?.code ?? 0) : 0;
  }
  let code = 0;
  for (const text of args) {
    const job = findJob(shell, text);
    if (!job) {
      await shell.complain(
        text.startsWith('%') ? `${text}: no such job` : `pid ${text} is not a child of this shell`,
        'wait',
      );
      code = 127;
      continue;
    }
    const result = await waitFor(job.child.exited);
    const signalled = interrupted(result);
    if (signalled !== undefined) return signalled;
    code = (result as ExitStatus).code;
  }
  return code;
};

export const jobs: Builtin = async (shell, argv) => {
  for (const job of shell.jobs) await shell.print(argv.includes('-p') ? `${job.child.pid}\n` : describeJob(shell, job));
  forgetEnded(shell);
  return 0;
};

export const fg: Builtin = async (shell, argv) => {
  const job = findJob(shell, argv[1] ?? '%+');
  if (!job) {
    await shell.complain(`${argv[1] ?? 'current'}: no such job`, argv[0]);
    return 1;
  }
  job.child.kill('SIGCONT');
  if (argv[0] === 'bg') {
    await shell.print(`[${job.id}]+ ${job.text} &\n`);
    return 0;
  }
  await shell.print(`${job.text}\n`);
  // In the foreground Ctrl-C is for the job.
  const restore = shell.process.onSignal('SIGINT', () => job.child.kill('SIGINT'));
  const { code } = await shell.process.until(job.child.exited);
  restore();
  forgetEnded(shell);
  return code;
};

export const kill: Builtin = async (shell, argv) => {
  const args = argv.slice(1);
  if (args[0] === '-l') {
    const code = Number(args[1]);
    await shell.print(
      args[1] === undefined
        ? 'HUP INT QUIT ABRT KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP TSTP WINCH\n'
        : `${parseSignal(String(code > 128 ? code - 128 : args[1]))?.slice(3) ?? ''}\n`,
    );
    return 0;
  }
  let signal = parseSignal('TERM');
  const option = args[0];
  if (option === '-s' || option === '-n') {
    signal = parseSignal(args[1] ?? '');
    args.splice(0, 2);
  } else if (option?.startsWith('-') && option !== '--') {
    signal = option === '-0' ? undefined : parseSignal(option.slice(1));
    args.shift();
    if (!signal && option !== '-0') {
      await shell.complain(`${option.slice(1)}: invalid signal specification`, 'kill');
      return 1;
    }
  }
  if (args[0] === '--') args.shift();
  if (args.length === 0) {
    await shell.printError(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    );
    return 2;
  }
  let code = 0;
  for (const text of args) code = (await killOne(shell, text, signal)) || code;
  return code;
};

async function killOne(shell: Shell, text: string, signal: ReturnType<typeof parseSignal>): Promise<number> {
  const job = text.startsWith('%') ? findJob(shell, text) : undefined;
  const pid = job ? job.child.pid : Number(text);
  if (text.startsWith('%') && !job) {
    await shell.complain(`${text}: no such job`, 'kill');
    return 1;
  }
  if (!Number.isInteger(pid)) {
    await shell.complain(
      shell.flavour === 'bash' ? `${text}: arguments must be process or job IDs` : `Illegal number: ${text}`,
      'kill',
    );
    return 1;
  }
  try {
    if (signal) shell.process.kill(pid, signal);
    else if (!shell.process.processes().some((process) => process.pid === pid))
      throw new OsError('ESRCH', 'No such process');
    return 0;
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    await shell.complain(
      shell.flavour === 'bash'
        ? `(${pid}) - ${error.message}`
        : shell.flavour === 'ash'
          ? `can't kill pid ${pid}: ${error.message}`
          : error.message,
      'kill',
    );
    return 1;
  }
}

export const alias: Builtin = async (shell, argv) => {
  const show = (name: string, value: string) =>
    shell.print(`${shell.flavour === 'bash' ? 'alias ' : ''}${name}=${quoteForReuse(value)}\n`);
  const args = argv.slice(1).filter((arg) => arg !== '-p');
  if (args.length === 0)
    for (const [name, value] of [...shell.aliases].sort(([a], [b]) => (a < b ? -1 : 1))) await show(name, value);
  let code = 0;
  for (const arg of args) {
    const at = arg.indexOf('=');
    const name = at < 0 ? arg : arg.slice(0, at);
    const value = shell.aliases.get(name);
    if (at >= 0) shell.aliases.set(name, arg.slice(at + 1));
    else if (value !== undefined) await show(name, value);
    else {
      await shell.complain(`${name}: not found`, 'alias');
      code = 1;
    }
  }
  return code;
};

export const unalias: Builtin = async (shell, argv) => {
  if (argv[1] === '-a') shell.aliases.clear();
  else {
    for (const name of argv.slice(1)) {
      if (shell.aliases.delete(name)) continue;
      await shell.complain(`${name}: not found`, 'unalias');
      return 1;
    }
  }
  return 0;
};

export const umask: Builtin = async (shell, argv) => {
  if (argv.length === 1) await shell.print('0022\n');
  return 0;
};

/** Limits are the container's: what would raise or lower them is refused. */
export const ulimit: Builtin = async (shell, argv) => {
  if (argv.length > 2) {
    await shell.complain(`${argv.slice(1).join(' ')}: cannot modify limit: Operation not permitted`, 'ulimit');
    return 1;
  }
  await shell.print({ '-n': '1048576\n', '-u': '512\n' }[argv[1] ?? ''] ?? 'unlimited\n');
  return 0;
};

export const times: Builtin = async (shell) => {
  await shell.print('0m0.010s 0m0.010s\n0m0.000s 0m0.000s\n');
  return 0;
};

/** `history`, `history 5`, -c, -d N, and -a, -r, -w for the file. */
export const history: Builtin = async (shell, argv) => {
  const [, first, second] = argv;
  if (first === '-c') {
    shell.history.length = 0;
    shell.historySaved = 0;
  } else if (first === '-a') appendHistory(shell);
  else if (first === '-w') writeHistory(shell);
  else if (first === '-r') readHistory(shell);
  else if (first === '-d') {
    const at = Number(second) - 1;
    if (!Number.isInteger(at) || at < 0 || at >= shell.history.length) {
      await shell.complain(`${second ?? ''}: history position out of range`, 'history');
      return 1;
    }
    shell.history.splice(at, 1);
    shell.historySaved = Math.min(shell.historySaved, shell.history.length);
  } else if (first !== undefined && !/^\d+$/.test(first)) {
    await shell.complain(
      `${first}: ${first.startsWith('-') ? 'invalid option' : 'numeric argument required'}`,
      'history',
    );
    return 2;
  } else {
    const start = first === undefined ? 0 : Math.max(0, shell.history.length - Number(first));
    for (let i = start; i < shell.history.length; i++)
      await shell.print(`${String(i + 1).padStart(5)}  ${shell.history[i]}\n`);
  }
  return 0;
};

export const help: Builtin = async (shell) => {
  await shell.print(
    'Podarium shell. Builtins: alias bg break cd command continue declare echo eval exec exit export fg getopts history jobs kill let local printf pwd read return set shift source test trap type unset wait\n',
  );
  return 0;
};
