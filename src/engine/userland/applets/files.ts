/** File commands: cp, mv, rm, mkdir, rmdir, touch, ln, chmod, chown, mktemp, readlink, realpath, basename, dirname, truncate. */
import { OsError, type Process, print } from '#engine/os';
import { type Applet, complain, parseOptions, pathOf, UsageError } from '../applet.ts';
import { normalise } from '../shell/builtins/system.ts';
import { baseName, forEach, trimSlash } from './file-operands.ts';

export const mkdir: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'pv',
    values: 'm',
    long: { parents: 'p', verbose: 'v', 'mode=': 'm' },
  });
  if (options.operands.length === 0) throw new UsageError('missing operand');
  const mode = options.value('m');
  return forEach(
    process,
    options.operands,
    async (operand) => {
      process.fs.mkdir(pathOf(process, operand), {
        recursive: options.has('p'),
        ...(mode !== undefined && { mode: Number.parseInt(mode, 8) }),
      });
      if (options.has('v')) await print(process.stdout, `mkdir: created directory '${operand}'\n`);
    },
    (operand, error) =>
      flavour === 'gnu'
        ? `cannot create directory '${operand}': ${error.message}`
        : `can't create directory '${operand}': ${error.message}`,
  );
};

export const rmdir: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'pv' });
  if (options.operands.length === 0) throw new UsageError('missing operand');
  return forEach(
    process,
    options.operands,
    async (operand) => {
      const path = pathOf(process, operand);
      if (process.fs.lstat(path).type !== 'directory') throw new OsError('ENOTDIR', 'Not a directory');
      process.fs.remove(path);
    },
    (operand, error) =>
      flavour === 'gnu' ? `failed to remove '${operand}': ${error.message}` : `'${operand}': ${error.message}`,
  );
};

export const rm: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'rRfivd', long: { recursive: 'r', force: 'f', verbose: 'v' } });
  const force = options.has('f');
  if (options.operands.length === 0) {
    if (force) return 0;
    throw new UsageError('missing operand');
  }
  const recursive = options.has('r') || options.has('R');
  if (recursive && options.operands.some((operand) => normalise(pathOf(process, operand)) === '/')) {
    await complain(
      process,
      "it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe",
    );
    return 1;
  }
  return forEach(
    process,
    options.operands,
    async (operand) => {
      const path = pathOf(process, trimSlash(operand));
      try {
        if (process.fs.lstat(path).type === 'directory' && !recursive) throw new OsError('EISDIR', 'Is a directory');
      } catch (error) {
        if (error instanceof OsError && error.code === 'ENOENT' && force) return;
        throw error;
      }
      process.fs.remove(path, { recursive });
      await process.compute(0.05);
      if (options.has('v')) await print(process.stdout, `removed '${operand}'\n`);
    },
    (operand, error) =>
      flavour === 'gnu'
        ? `cannot remove '${operand}': ${error.message}`
        : error.code === 'EISDIR'
          ? `'${operand}' is a directory`
          : `can't remove '${operand}': ${error.message}`,
  );
};

export const touch: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'acm', values: 'drt', long: { 'no-create': 'c', 'date=': 'd' } });
  if (options.operands.length === 0) throw new UsageError('missing file operand');
  return forEach(
    process,
    options.operands,
    async (operand) => {
      const path = pathOf(process, operand);
      if (process.fs.exists(path)) process.fs.utimes(path, process.clock.now());
      else if (!options.has('c')) process.fs.writeFile(path, new Uint8Array());
    },
    (operand, error) =>
      flavour === 'gnu' ? `cannot touch '${operand}': ${error.message}` : `${operand}: ${error.message}`,
  );
};

export const ln: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'sfnvTr',
    long: { symbolic: 's', force: 'f', 'no-dereference': 'n' },
  });
  const [target, given = '.'] = options.operands;
  if (target === undefined) throw new UsageError('missing file operand');
  const { fs } = process;
  let link = pathOf(process, given);
  if (fs.exists(link) && fs.stat(link).type === 'directory' && !options.has('n') && !options.has('T'))
    link = `${trimSlash(link)}/${baseName(target)}`;
  return forEach(
    process,
    [link],
    async () => {
      if (options.has('f') && isThere(process, link)) fs.remove(link);
      if (options.has('s')) fs.symlink(target, link);
      else {
        // Two names for one file are not kept: the second is a copy.
        if (isThere(process, link)) throw new OsError('EEXIST', 'File exists');
        const path = pathOf(process, target);
        fs.writeFile(link, fs.readFile(path), { mode: fs.stat(path).mode });
      }
    },
    (_, error) =>
      flavour === 'gnu'
        ? `failed to create ${options.has('s') ? 'symbolic' : 'hard'} link '${given}': ${error.message}`
        : `${given}: ${error.message}`,
  );
};

function isThere(process: Process, path: string): boolean {
  try {
    process.fs.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof OsError) return false;
    throw error;
  }
}

/** Where each source goes: into the directory, or to the one name. */
function destinations(
  process: Process,
  operands: readonly string[],
  targetDirectory: string | undefined,
): readonly (readonly [string, string])[] {
  const sources = targetDirectory === undefined ? operands.slice(0, -1) : operands;
  const target = targetDirectory ?? operands.at(-1);
  if (operands.length === 0) throw new UsageError('missing file operand');
  if (sources.length === 0 || target === undefined)
    throw new UsageError(`missing destination file operand after '${operands[0]}'`);
  const path = pathOf(process, target);
  const isDirectory = process.fs.exists(path) && process.fs.stat(path).type === 'directory';
  if (sources.length > 1 && !isDirectory) throw new UsageError(`target '${target}' is not a directory`);
  return sources.map((source) => [source, isDirectory ? `${trimSlash(target)}/${baseName(source)}` : target] as const);
}

export const cp: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'rRafpviLdunHPT',
    values: 't',
    long: { recursive: 'r', archive: 'a', force: 'f', verbose: 'v', 'target-directory=': 't' },
  });
  const recursive = ['r', 'R', 'a'].some((letter) => options.has(letter));
  const pairs = destinations(process, options.operands, options.value('t'));
  let code = 0;
  for (const [source, target] of pairs) {
    code =
      (await forEach(
        process,
        [source],
        async () => {
          const from = pathOf(process, source);
          if (process.fs.stat(from).type === 'directory' && !recursive) {
            await complain(
              process,
              flavour === 'gnu' ? `-r not specified; omitting directory '${source}'` : `omitting directory '${source}'`,
            );
            code = 1;
            return;
          }
          await copyTree(
            process,
            from,
            pathOf(process, target),
            options.has('a') || options.has('p') || options.has('d'),
          );
          if (options.has('v')) await print(process.stdout, `'${source}' -> '${target}'\n`);
        },
        (_, error) => {
          const missing = error.path === undefined || error.path === pathOf(process, source);
          if (flavour === 'busybox')
            return missing ? `can't stat '${source}': ${error.message}` : `can't create '${target}': ${error.message}`;
          return missing
            ? `cannot stat '${source}': ${error.message}`
            : `cannot create regular file '${target}': ${error.message}`;
        },
      )) || code;
  }
  return code;
};

async function copyTree(process: Process, from: string, to: string, keepLinks: boolean): Promise<void> {
  const { fs } = process;
  await process.compute(0.1);
  const stat = keepLinks ? fs.lstat(from) : fs.stat(from);
  if (stat.type === 'symlink') {
    if (isThere(process, to)) fs.remove(to);
    fs.symlink(fs.readlink(from), to);
  } else if (stat.type === 'directory') {
    if (!fs.exists(to)) fs.mkdir(to, { mode: stat.mode });
    for (const name of fs.readdir(from)) await copyTree(process, `${from}/${name}`, `${to}/${name}`, keepLinks);
  } else fs.writeFile(to, fs.readFile(from), { mode: stat.mode });
}

export const mv: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'fivnuT', values: 't' });
  let code = 0;
  for (const [source, target] of destinations(process, options.operands, options.value('t'))) {
    code =
      (await forEach(
        process,
        [source],
        async () => process.fs.rename(pathOf(process, trimSlash(source)), pathOf(process, target)),
        (_, error) =>
          flavour === 'gnu'
            ? error.path === pathOf(process, trimSlash(source))
              ? `cannot stat '${source}': ${error.message}`
              : `cannot move '${source}' to '${target}': ${error.message}`
            : `can't rename '${source}': ${error.message}`,
      )) || code;
  }
  return code;
};

/** `755`, `u+x`, `a=r,g-w`. */
function changedMode(text: string, mode: number, isDirectory: boolean): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  let next = mode;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause);
    if (!match) throw new UsageError(`invalid mode: '${text}'`);
    const [, who = '', operator, letters = ''] = match;
    let bits = 0;
    for (const letter of letters)
      bits |= { r: 4, w: 2, x: 1, X: isDirectory || (mode & 0o111) !== 0 ? 1 : 0 }[letter] ?? 0;
    let mask = 0;
    for (const person of who === '' || who.includes('a') ? 'ugo' : who)
      mask |= bits << ({ u: 6, g: 3, o: 0 }[person] ?? 0);
    let all = 0;
    for (const person of who === '' || who.includes('a') ? 'ugo' : who) all |= 7 << ({ u: 6, g: 3, o: 0 }[person] ?? 0);
    next = operator === '+' ? next | mask : operator === '-' ? next & ~mask : (next & ~all) | mask;
  }
  return next;
}

async function recursively(
  process: Process,
  path: string,
  recursive: boolean,
  act: (path: string) => void,
): Promise<void> {
  act(path);
  await process.compute(0.02);
  if (!recursive || process.fs.lstat(path).type !== 'directory') return;
  for (const name of process.fs.readdir(path)) await recursively(process, `${path}/${name}`, true, act);
}

export const chmod: Applet = async (process, flavour) => {
  const recursive = process.argv.includes('-R');
  const [mode, ...paths] = process.argv.slice(1).filter((arg) => arg !== '-R' && arg !== '-v' && arg !== '-f');
  if (mode === undefined || paths.length === 0) throw new UsageError('missing operand');
  return forEach(
    process,
    paths,
    (operand) =>
      recursively(process, pathOf(process, operand), recursive, (path) =>
        process.fs.chmod(
          path,
          changedMode(mode, process.fs.stat(path).mode, process.fs.stat(path).type === 'directory'),
        ),
      ),
    (operand, error) =>
      flavour === 'gnu' ? `cannot access '${operand}': ${error.message}` : `${operand}: ${error.message}`,
  );
};

export const chown: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'Rhvf' });
  const [owner, ...paths] = options.operands;
  if (owner === undefined || paths.length === 0) throw new UsageError('missing operand');
  const isGroup = process.argv[0]?.endsWith('chgrp') ?? false;
  const [user = '', group = user] = isGroup ? ['', owner] : owner.split(/[:.]/);
  const uid = user === '' ? undefined : lookupId(process, '/etc/passwd', user);
  const gid = group === '' ? undefined : lookupId(process, '/etc/group', group);
  if (Number.isNaN(uid) || Number.isNaN(gid)) throw new UsageError(`invalid ${isGroup ? 'group' : 'user'}: '${owner}'`);
  return forEach(
    process,
    paths,
    (operand) =>
      recursively(process, pathOf(process, operand), options.has('R'), (path) => {
        const stat = process.fs.stat(path);
        process.fs.chown(path, uid ?? stat.uid, gid ?? stat.gid);
      }),
    (operand, error) =>
      flavour === 'gnu' ? `changing ownership of '${operand}': ${error.message}` : `${operand}: ${error.message}`,
  );
};

function lookupId(process: Process, file: string, name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const text = process.fs.exists(file) ? new TextDecoder().decode(process.fs.readFile(file)) : '';
  return Number(
    text
      .split('\n')
      .map((line) => line.split(':'))
      .find(([first]) => first === name)?.[2] ?? Number.NaN,
  );
}
