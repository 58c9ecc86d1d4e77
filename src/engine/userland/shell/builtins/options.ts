/** Builtins about options and positional parameters: set, shopt, shift, getopts. */
import { CommandFailed } from '../control.ts';
import { quoteForReuse, quoteIfNeeded } from '../quoting.ts';
import type { Shell, ShellOptions } from '../shell.ts';
import type { Builtin } from './builtin.ts';
import { split } from './flags.ts';

const LETTERS: { readonly [letter: string]: keyof ShellOptions } = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  n: 'noexec',
  v: 'verbose',
  a: 'allexport',
  C: 'noclobber',
  m: 'monitor',
};
const NAMES: readonly (keyof ShellOptions)[] = [
  'allexport',
  'errexit',
  'monitor',
  'noclobber',
  'noexec',
  'noglob',
  'nounset',
  'pipefail',
  'verbose',
  'xtrace',
];
/** Accepted and without effect here. */
const IGNORED = new Set([
  'posix',
  'emacs',
  'vi',
  'history',
  'braceexpand',
  'hashall',
  'interactive-comments',
  'errtrace',
  'functrace',
  'histexpand',
  'physical',
  'notify',
  'nolog',
  'ignoreeof',
  'keyword',
  'onecmd',
  'privileged',
]);

/** `set`: options and positional parameters. Also reads the options a shell is started with. */
export const set: Builtin = async (shell, argv) => {
  if (argv.length === 1) {
    for (const name of shell.variables.names()) {
      const value = shell.get(name);
      if (value !== undefined)
        await shell.print(`${name}=${shell.flavour === 'bash' ? quoteIfNeeded(value) : quoteForReuse(value)}\n`);
    }
    return 0;
  }
  for (let at = 1; at < argv.length; at++) {
    const arg = argv[at] as string;
    if (arg === '--' || arg === '-') {
      shell.positional = argv.slice(at + 1);
      return 0;
    }
    if (!/^[-+]./.test(arg)) {
      shell.positional = argv.slice(at);
      return 0;
    }
    const on = arg.startsWith('-');
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = argv[++at];
        if (name === undefined) {
          for (const option of NAMES)
            await shell.print(
              on
                ? `${option.padEnd(15)}\t${shell.options[option] ? 'on' : 'off'}\n`
                : `set ${shell.options[option] ? '-' : '+'}o ${option}\n`,
            );
          return 0;
        }
        if ((NAMES as readonly string[]).includes(name)) shell.options[name as keyof ShellOptions] = on;
        else if (!IGNORED.has(name)) return refuseOption(shell, name, on);
      } else {
        const option = LETTERS[letter];
        if (option) shell.options[option] = on;
        else if (!'hbBEHpPtTk'.includes(letter)) return refuseLetter(shell, arg);
      }
    }
  }
  return 0;
};

async function refuseOption(shell: Shell, name: string, on: boolean): Promise<number> {
  if (shell.flavour === 'bash') {
    await shell.complain(`${name}: invalid option name`, 'set');
    return 1;
  }
  return shell.fail(`illegal option ${on ? '-' : '+'}o ${name}`, 2, true, 'set');
}

async function refuseLetter(shell: Shell, arg: string): Promise<number> {
  if (shell.flavour === 'bash') {
    await shell.complain(`${arg}: invalid option`, 'set');
    await shell.printError('set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n');
    return 2;
  }
  throw new CommandFailed(2, true);
}

export const shopt: Builtin = async (shell, argv) => {
  const { flags, rest } = split(argv);
  for (const name of rest) {
    if (!(name in shell.options) && !IGNORED_SHOPT.has(name)) {
      await shell.complain(`${name}: invalid shell option name`, 'shopt');
      return 1;
    }
    const key = name as keyof ShellOptions;
    if (flags.includes('s')) shell.options[key] = true;
    else if (flags.includes('u')) shell.options[key] = false;
    else if (flags.includes('q')) return shell.options[key] ? 0 : 1;
    else await shell.print(`${name.padEnd(15)}\t${shell.options[key] ? 'on' : 'off'}\n`);
  }
  return 0;
};
const IGNORED_SHOPT = new Set([
  'checkwinsize',
  'histappend',
  'cmdhist',
  'autocd',
  'cdspell',
  'direxpand',
  'dirspell',
  'failglob',
  'inherit_errexit',
  'login_shell',
  'progcomp',
  'promptvars',
  'sourcepath',
  'huponexit',
]);

export const shift: Builtin = async (shell, argv) => {
  const count = Number(argv[1] ?? 1);
  if (!Number.isInteger(count) || count < 0 || count > shell.positional.length) {
    if (shell.flavour === 'dash') return shell.fail("can't shift that many", 2, true, 'shift');
    if (!Number.isInteger(count)) await shell.complain(`${argv[1]}: numeric argument required`, 'shift');
    return 1;
  }
  shell.positional = shell.positional.slice(count);
  return 0;
};

/** POSIX getopts; OPTIND counts arguments, the place inside a cluster is kept beside it. */
export const getopts: Builtin = async (shell, argv) => {
  const [, spec = '', name = 'OPT', ...given] = argv;
  const args = given.length > 0 ? given : shell.positional;
  const silent = spec.startsWith(':');
  let index = Number(shell.get('OPTIND') ?? '1');
  let place = Number(shell.get('_OPTPLACE') ?? '1');
  if (index === 1 && shell.get('_OPTLAST') !== '1') place = 1;
  const arg = args[index - 1];
  const finish = (option: string, code: number): number => {
    shell.variables.set(name, option);
    shell.variables.set('OPTIND', String(index));
    shell.variables.set('_OPTPLACE', String(place));
    shell.variables.set('_OPTLAST', String(index));
    return code;
  };
  if (arg === undefined || !/^-./.test(arg) || arg === '--') {
    if (arg === '--') index++;
    return finish('?', 1);
  }
  const letter = arg[place] as string;
  const at = letter === ':' ? -1 : spec.indexOf(letter);
  place++;
  const wantsValue = spec[at + 1] === ':';
  if (at >= 0 && wantsValue) {
    const inline = arg.slice(place);
    const value = inline || args[index];
    index += inline ? 1 : 2;
    place = 1;
    if (value === undefined) {
      if (!silent)
        await shell.printError(
          shell.flavour === 'dash'
            ? `No arg for -${letter} option\n`
            : `${shell.name}: option requires an argument -- ${letter}\n`,
        );
      if (silent) shell.variables.set('OPTARG', letter);
      index = args.length + 1;
      return finish(silent ? ':' : '?', 0);
    }
    shell.variables.set('OPTARG', value);
    return finish(letter, 0);
  }
  if (place >= arg.length) {
    index++;
    place = 1;
  }
  if (at >= 0) {
    shell.variables.unset('OPTARG');
    return finish(letter, 0);
  }
  if (silent) shell.variables.set('OPTARG', letter);
  else
    await shell.printError(
      shell.flavour === 'dash' ? `Illegal option -${letter}\n` : `${shell.name}: illegal option -- ${letter}\n`,
    );
  return finish('?', 0);
};
