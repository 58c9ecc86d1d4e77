/** Every builtin by its name. */
import type { Builtin } from './builtin.ts';
import {
  breakBuiltin,
  colon,
  commandBuiltin,
  continueBuiltin,
  evalBuiltin,
  exitBuiltin,
  falseBuiltin,
  returnBuiltin,
  source,
  test,
  trap,
  typeBuiltin,
} from './flow.ts';
import { mapfile, read } from './input.ts';
import { getopts, set, shift, shopt } from './options.ts';
import { echo, printf } from './output.ts';
import {
  alias,
  cd,
  dirs,
  fg,
  help,
  history,
  jobs,
  kill,
  popd,
  pushd,
  pwd,
  times,
  ulimit,
  umask,
  unalias,
  wait,
} from './system.ts';
import { declare, exportBuiltin, letBuiltin, local, readonlyBuiltin, unset } from './variables.ts';

const builtinOnly: Builtin = async (shell, argv, tools) => {
  const builtin = BUILTINS.get(argv[1] ?? '');
  if (builtin) return builtin(shell, argv.slice(1), tools);
  await shell.complain(`${argv[1]}: not a shell builtin`, 'builtin');
  return 1;
};

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', colon],
  ['true', colon],
  ['false', falseBuiltin],
  ['.', source],
  ['source', source],
  ['[', test],
  ['test', test],
  ['alias', alias],
  ['unalias', unalias],
  ['bg', fg],
  ['fg', fg],
  ['jobs', jobs],
  ['wait', wait],
  ['kill', kill],
  ['break', breakBuiltin],
  ['continue', continueBuiltin],
  ['return', returnBuiltin],
  ['exit', exitBuiltin],
  ['logout', exitBuiltin],
  ['builtin', builtinOnly],
  ['command', commandBuiltin(() => BUILTINS)],
  ['type', typeBuiltin(() => BUILTINS)],
  ['cd', cd],
  ['pwd', pwd],
  ['pushd', pushd],
  ['popd', popd],
  ['dirs', dirs],
  ['declare', declare],
  ['typeset', declare],
  ['local', local],
  ['export', exportBuiltin],
  ['readonly', readonlyBuiltin],
  ['unset', unset],
  ['set', set],
  ['shopt', shopt],
  ['shift', shift],
  ['let', letBuiltin],
  ['getopts', getopts],
  ['echo', echo],
  ['printf', printf],
  ['read', read],
  ['mapfile', mapfile],
  ['readarray', mapfile],
  ['eval', evalBuiltin],
  ['trap', trap],
  ['umask', umask],
  ['ulimit', ulimit],
  ['times', times],
  ['history', history],
  ['hash', colon],
  ['disown', colon],
  ['enable', colon],
  ['help', help],
]);

/** Assignments before these stay, and their errors end a POSIX shell. */
export const SPECIAL_BUILTINS: ReadonlySet<string> = new Set([
  '.',
  ':',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
]);

/** Their arguments of the form name=value are expanded like assignments. */
export const DECLARATIONS: ReadonlySet<string> = new Set([
  'declare',
  'typeset',
  'local',
  'export',
  'readonly',
  'alias',
]);
