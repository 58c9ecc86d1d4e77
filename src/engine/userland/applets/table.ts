/** Every everyday command by its name. */

import type { Program } from '#engine/os';
import { print } from '#engine/os';
import { type Applet, program } from '../applet.ts';
import { awk } from '../awk/awk.ts';
import { echoText, formatText } from '../shell/builtins/output.ts';
import { cmp, diff, expr, shuf } from './compare.ts';
import { date } from './date.ts';
import { base64, dd, md5sum, od, sha1sum, sha256sum } from './digest.ts';
import { chmod, chown, cp, ln, mkdir, mv, rm, rmdir, touch } from './files.ts';
import { cut, sort, tr, uniq } from './filters.ts';
import { find } from './find.ts';
import { grep } from './grep.ts';
import { df, du, ls, mount, pwd, stat, tree } from './listing.ts';
import { basename, dirname, mktemp, readlink, realpath, truncate } from './paths.ts';
import * as processes from './processes.ts';
import { sed } from './sed.ts';
import * as system from './system.ts';
import { gzip, tar } from './tar.ts';
import { cat, fold, head, nl, paste, rev, seq, tac, tail, tee, wc, yes } from './text.ts';

const echo: Applet = async (process) => {
  await print(process.stdout, echoText(process.argv.slice(1)).text);
  return 0;
};

const printf: Applet = async (process) => {
  const [, format = '', ...args] = process.argv;
  const { text, errors } = formatText(format, args);
  await print(process.stdout, text);
  for (const error of errors) await print(process.stderr, `printf: ${error}\n`);
  return errors.length > 0 ? 1 : 0;
};

/** `[` and `test` outside a shell: the shell's own. */
const test: Applet = (process) => {
  const [name = '', ...args] = process.argv;
  return process.exec(['sh', '-c', `${name.endsWith('[') ? '[' : 'test'} "$@"`, name, ...args]);
};

const APPLETS: { readonly [name: string]: Applet } = {
  expr,
  shuf,
  cmp,
  diff,
  echo,
  printf,
  test,
  '[': test,
  cat,
  head,
  tail,
  wc,
  tee,
  seq,
  yes,
  tac,
  rev,
  nl,
  fold,
  paste,
  grep,
  egrep: grep,
  fgrep: grep,
  sort,
  uniq,
  cut,
  tr,
  cp,
  mv,
  rm,
  mkdir,
  rmdir,
  touch,
  ln,
  link: ln,
  unlink: rm,
  chmod,
  chown,
  chgrp: chown,
  mktemp,
  readlink,
  realpath,
  basename,
  dirname,
  truncate,
  ls,
  stat,
  du,
  df,
  pwd,
  mount,
  tree,
  find,
  awk,
  sed,
  tar,
  gzip,
  gunzip: gzip,
  zcat: gzip,
  base64,
  md5sum,
  sha1sum,
  sha256sum,
  od,
  hexdump: od,
  xxd: od,
  dd,
  sleep: system.sleep,
  true: system.trueApplet,
  false: system.falseApplet,
  sync: system.trueApplet,
  date: date,
  env: system.env,
  printenv: system.printenv,
  nohup: system.nohup,
  nice: system.nice,
  id: system.id,
  whoami: system.whoami,
  groups: system.groups,
  hostname: system.hostname,
  uname: system.uname,
  arch: system.arch,
  ps: processes.ps,
  kill: processes.kill,
  pkill: processes.killByName,
  pgrep: processes.killByName,
  killall: processes.killByName,
  timeout: processes.timeout,
  time: processes.time,
  watch: processes.watch,
  xargs: processes.xargs,
  which: system.whichApplet,
  tty: system.tty,
  clear: system.clear,
  nproc: system.nproc,
  uptime: processes.uptime,
  free: processes.free,
  top: processes.top,
  vi: system.editor,
  vim: system.editor,
  nano: system.editor,
  less: system.more,
  more: system.more,
  getent: system.getent,
};

/** Commands whose wrong command line ends with 2. */
const USAGE_TWO = new Set(['expr', 'diff', 'cmp', 'ls', 'grep', 'egrep', 'fgrep', 'sort', 'test', '[']);

/**
 * Programs by the names executables carry: `gnu/cat`, `busybox/cat`.
 * @fidelity partial: each command's usual options, any other is refused as unknown; editors and package managers say what to do instead
 */
export function appletPrograms(more: { readonly [name: string]: Applet } = {}): ReadonlyMap<string, Program> {
  const programs = new Map<string, Program>();
  for (const [name, applet] of Object.entries({ ...APPLETS, ...more })) {
    programs.set(
      `gnu/${name}`,
      program(applet, 'gnu', USAGE_TWO.has(name) ? 2 : name === 'env' || name === 'timeout' ? 125 : 1),
    );
    programs.set(`busybox/${name}`, program(applet, 'busybox', USAGE_TWO.has(name) && name !== 'ls' ? 2 : 1));
  }
  programs.set('apt', program(system.packageManager, 'gnu'));
  programs.set('apk', program(system.packageManager, 'busybox'));
  programs.set('busybox/busybox', busybox(programs));
  return programs;
}

/** `busybox applet args`: the applet itself. */
function busybox(programs: ReadonlyMap<string, Program>): Program {
  return async (process) => {
    const [, name, ...args] = process.argv;
    if (name !== undefined && programs.has(`busybox/${name}`)) return process.exec([name, ...args]);
    if (name === undefined || name.startsWith('--')) {
      const names = [...programs.keys()]
        .filter((key) => key.startsWith('busybox/'))
        .map((key) => key.slice(8))
        .sort((a, b) => (a < b ? -1 : 1));
      await print(
        process.stdout,
        name === '--list'
          ? `${names.join('\n')}\n`
          : `BusyBox v1.37.0 multi-call binary.\n\nCurrently defined functions:\n\t${names.join(', ')}\n`,
      );
      return 0;
    }
    await print(process.stderr, `${name}: applet not found\n`);
    return 127;
  };
}
