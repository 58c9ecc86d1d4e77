/** Builtins about control: break, return, exit, eval, source, command, type, trap, test. */

import { parse } from 'unbash';
import { absolute, DEFAULT_PATH, OsError, which } from '#engine/os';
import { testCommand } from '../condition.ts';
import { BreakLoop, ExitShell, ReturnFromFunction } from '../control.ts';
import { quoteForReuse } from '../quoting.ts';
import type { Shell } from '../shell.ts';
import { setTrap, trapName } from '../traps.ts';
import type { Builtin } from './builtin.ts';

const MAX_NESTING = 200;

export const colon: Builtin = () => Promise.resolve(0);
export const falseBuiltin: Builtin = () => Promise.resolve(1);

export const breakBuiltin: Builtin = (shell, argv) => leaveLoop(shell, 'break', argv);
export const continueBuiltin: Builtin = (shell, argv) => leaveLoop(shell, 'continue', argv);

async function leaveLoop(shell: Shell, kind: 'break' | 'continue', argv: readonly string[]): Promise<number> {
  const levels = Number(argv[1] ?? 1);
  if (!Number.isInteger(levels) || levels < 1)
    return shell.fail(
      shell.flavour === 'bash' ? `${argv[1]}: loop count out of range` : `Illegal number: ${argv[1]}`,
      shell.flavour === 'bash' ? 1 : 2,
      true,
      kind,
    );
  if (shell.loopDepth === 0) {
    if (shell.flavour === 'bash') await shell.complain(`only meaningful in a \`for', \`while', or \`until' loop`, kind);
    return 0;
  }
  throw new BreakLoop(kind, Math.min(levels, shell.loopDepth));
}

export const returnBuiltin: Builtin = async (shell, argv) => {
  const code = await exitCode(shell, argv, 'return');
  if (shell.functionDepth === 0 && shell.sourceDepth === 0) {
    if (shell.flavour !== 'bash') throw new ExitShell(code);
    await shell.complain("can only `return' from a function or sourced script", 'return');
    return 2;
  }
  throw new ReturnFromFunction(code);
};

export const exitBuiltin: Builtin = async (shell, argv) => {
  if (shell.interactive && !shell.isSubshell && shell.flavour === 'bash') await shell.printError('exit\n');
  throw new ExitShell(await exitCode(shell, argv, 'exit'));
};

async function exitCode(shell: Shell, argv: readonly string[], name: string): Promise<number> {
  const text = argv[1];
  if (text === undefined) return shell.lastStatus;
  if (/^-?\d+$/.test(text)) return Number(text) & 0xff;
  await shell.complain(
    shell.flavour === 'bash' ? `${text}: numeric argument required` : `Illegal number: ${text}`,
    name,
  );
  if (name === 'exit') throw new ExitShell(2);
  return 2;
}

export const evalBuiltin: Builtin = async (shell, argv) => {
  const source = argv.slice(argv[1] === '--' ? 2 : 1).join(' ');
  if (shell.evalDepth >= MAX_NESTING) return shell.fail('maximum eval nesting level exceeded', 1, true, 'eval');
  shell.evalDepth++;
  try {
    shell.lastStatus = 0;
    return await shell.runner.script(shell, parse(source), source);
  } finally {
    shell.evalDepth--;
  }
};

export const source: Builtin = async (shell, argv) => {
  const name = argv[1];
  if (name === undefined) {
    await shell.complain('filename argument required', argv[0]);
    return 2;
  }
  if (shell.sourceDepth >= MAX_NESTING) return shell.fail('maximum source nesting level exceeded', 1, true, argv[0]);
  const { fs, cwd } = shell.process;
  const inPath = name.includes('/')
    ? undefined
    : (shell.get('PATH') ?? DEFAULT_PATH)
        .split(':')
        .map((directory) => `${directory}/${name}`)
        .find((path) => fs.exists(absolute(path, cwd)));
  const path = absolute(inPath ?? name, cwd);
  let text: string;
  try {
    text = new TextDecoder().decode(fs.readFile(path));
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    if (shell.flavour === 'bash') return shell.fail(`${name}: ${error.message}`, 1);
    return shell.fail(
      shell.flavour === 'ash' ? `can't open '${name}': ${error.message}` : `cannot open ${name}: No such file`,
      shell.flavour === 'ash' ? 1 : 2,
      true,
      '.',
    );
  }
  const outer = shell.positional;
  if (argv.length > 2) shell.positional = argv.slice(2);
  shell.sourceDepth++;
  try {
    shell.lastStatus = 0;
    return await shell.runner.script(shell, parse(text), text);
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.code;
    throw error;
  } finally {
    shell.sourceDepth--;
    if (argv.length > 2) shell.positional = outer;
  }
};

const KEYWORDS = new Set(
  'if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc'.split(' '),
);

type Meaning = { readonly kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file'; readonly text: string };

function meaningOf(shell: Shell, name: string, builtins: ReadonlyMap<string, Builtin>): Meaning | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return { kind: 'alias', text: alias };
  if (KEYWORDS.has(name)) return { kind: 'keyword', text: name };
  if (shell.functions.has(name)) return { kind: 'function', text: name };
  if (builtins.has(name)) return { kind: 'builtin', text: name };
  const { fs, cwd } = shell.process;
  const path = which(name, { fs, cwd, path: shell.get('PATH') ?? DEFAULT_PATH });
  return path !== undefined && fs.exists(path) && fs.stat(path).type === 'file'
    ? { kind: 'file', text: name.includes('/') ? name : path }
    : undefined;
}

/** `command`, which needs the table it is part of. */
export const commandBuiltin =
  (builtins: () => ReadonlyMap<string, Builtin>): Builtin =>
  async (shell, argv, tools) => {
    let at = 1;
    let flags = '';
    for (; /^-[pvV]+$/.test(argv[at] ?? ''); at++) flags += (argv[at] as string).slice(1);
    const rest = argv.slice(argv[at] === '--' ? at + 1 : at);
    const name = rest[0];
    if (name === undefined) return 0;
    if (!flags.includes('v') && !flags.includes('V')) {
      const builtin = builtins().get(name);
      return builtin ? builtin(shell, rest, tools) : tools.runExternal(shell, rest);
    }
    let code = 0;
    for (const each of rest) {
      const meaning = meaningOf(shell, each, builtins());
      if (!meaning) {
        code = shell.flavour === 'bash' ? 1 : 127;
        if (flags.includes('V'))
          await shell.complain(`${each}: not found`, shell.flavour === 'bash' ? 'command' : undefined);
      } else if (flags.includes('V')) await shell.print(describe(each, meaning));
      else await shell.print(meaning.kind === 'alias' ? `alias ${each}='${meaning.text}'\n` : `${meaning.text}\n`);
    }
    return code;
  };

function describe(name: string, { kind, text }: Meaning): string {
  if (kind === 'alias') return `${name} is aliased to \`${text}'\n`;
  if (kind === 'keyword') return `${name} is a shell keyword\n`;
  if (kind === 'function') return `${name} is a function\n`;
  return kind === 'builtin' ? `${name} is a shell builtin\n` : `${name} is ${text}\n`;
}

export const typeBuiltin =
  (builtins: () => ReadonlyMap<string, Builtin>): Builtin =>
  async (shell, argv) => {
    const flags = argv
      .slice(1)
      .filter((arg) => /^-[atpPf]+$/.test(arg))
      .join('');
    let code = 0;
    for (const name of argv.slice(1).filter((arg) => !/^-[atpPf]+$/.test(arg))) {
      const meaning = meaningOf(shell, name, builtins());
      if (!meaning) {
        code = shell.flavour === 'bash' ? 1 : 127;
        if (flags === '') {
          if (shell.flavour === 'bash') await shell.complain(`${name}: not found`, 'type');
          else await shell.printError(`${name}: not found\n`);
        }
      } else if (flags.includes('t')) await shell.print(`${meaning.kind}\n`);
      else if (/[pP]/.test(flags)) await shell.print(meaning.kind === 'file' ? `${meaning.text}\n` : '');
      else if (meaning.kind === 'function') {
        const found = shell.functions.get(name);
        await shell.print(
          `${name} is a function\n${shell.flavour === 'bash' && found ? `${found.source.slice(found.node.pos, found.node.end)}\n` : ''}`,
        );
      } else await shell.print(describe(name, meaning));
    }
    return code;
  };

export const trap: Builtin = async (shell, argv) => {
  const args = argv.slice(argv[1] === '--' ? 2 : 1);
  if (args[0] === '-l') {
    await shell.print(' 1) SIGHUP\t 2) SIGINT\t 3) SIGQUIT\t 9) SIGKILL\t15) SIGTERM\n');
    return 0;
  }
  if (args.length === 0 || args[0] === '-p') {
    for (const [name, action] of shell.traps) {
      const shown =
        shell.flavour === 'bash' && !['EXIT', 'ERR', 'DEBUG', 'RETURN'].includes(name) ? `SIG${name}` : name;
      await shell.print(`trap -- ${quoteForReuse(action)} ${shown}\n`);
    }
    return 0;
  }
  const resets = args.length === 1 || args[0] === '-' || /^\d+$/.test(args[0] as string);
  const names = args.length === 1 || /^\d+$/.test(args[0] as string) ? args : args.slice(1);
  for (const text of names) {
    const name = trapName(text);
    if (name === undefined) {
      await shell.complain(
        shell.flavour === 'bash'
          ? `${text}: invalid signal specification`
          : shell.flavour === 'dash'
            ? `${text}: bad trap`
            : `${text}: invalid signal specification`,
        'trap',
      );
      return 1;
    }
    setTrap(shell, name, resets ? undefined : args[0]);
  }
  return 0;
};

export const test: Builtin = async (shell, argv) => {
  if (argv[0] !== '[') return testCommand(shell, 'test', argv.slice(1));
  if (argv.at(-1) !== ']' || argv.length === 1) {
    await shell.complain(
      shell.flavour === 'ash' ? 'missing ]' : "missing `]'".replace(/[`']/g, shell.flavour === 'dash' ? '' : '$&'),
      '[',
    );
    return 2;
  }
  return testCommand(shell, '[', argv.slice(1, -1));
};
