/** Names of files: basename, dirname, readlink, realpath, mktemp, truncate. */
import { OsError, print } from '#engine/os';
import { type Applet, parseOptions, pathOf, UsageError } from '../applet.ts';
import { normalise } from '../shell/builtins/system.ts';
import { baseName, forEach, trimSlash } from './file-operands.ts';

export const mktemp: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'duqt', values: 'p' });
  const template = options.operands[0] ?? 'tmp.XXXXXXXXXX';
  const rng = process.rng.fork('mktemp');
  const name = template.replace(/X{3,}$/, (all) =>
    [...all].map(() => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[rng.int(62)]).join(''),
  );
  const directory = options.value('p') ?? process.env.get('TMPDIR') ?? '/tmp';
  const path =
    options.operands.length > 0 && !options.has('t') && !options.has('p')
      ? pathOf(process, name)
      : `${directory}/${name}`;
  if (options.has('d')) process.fs.mkdir(path, { mode: 0o700 });
  else process.fs.writeFile(path, new Uint8Array(), { mode: 0o600 });
  await print(process.stdout, `${path}\n`);
  return 0;
};

export const readlink: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'femnqsvz' });
  for (const operand of options.operands) {
    try {
      const path = pathOf(process, operand);
      const text =
        options.has('f') || options.has('e')
          ? process.fs.exists(path)
            ? process.fs.realpath(path)
            : normalise(path)
          : process.fs.readlink(path);
      await print(process.stdout, text + (options.has('n') ? '' : '\n'));
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      return 1;
    }
  }
  return 0;
};

export const realpath: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'emsqz' });
  return forEach(
    process,
    options.operands,
    async (operand) => {
      const path = pathOf(process, operand);
      await print(
        process.stdout,
        `${process.fs.exists(path) ? process.fs.realpath(path) : options.has('m') ? normalise(path) : process.fs.realpath(path)}\n`,
      );
    },
    (operand, error) => `${operand}: ${error.message}`,
  );
};

export const basename: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'a', values: 's' });
  const suffix = options.value('s') ?? (options.has('a') ? undefined : options.operands[1]);
  const names = options.has('a') || options.has('s') ? options.operands : options.operands.slice(0, 1);
  if (names.length === 0) throw new UsageError('missing operand');
  for (const name of names) {
    const base = baseName(name);
    await print(
      process.stdout,
      `${suffix && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`,
    );
  }
  return 0;
};

export const dirname: Applet = async (process) => {
  if (process.argv.length < 2) throw new UsageError('missing operand');
  for (const path of process.argv.slice(1)) {
    const trimmed = trimSlash(path);
    const slash = trimmed.lastIndexOf('/');
    await print(process.stdout, `${slash < 0 ? '.' : trimmed.slice(0, slash).replace(/\/+$/, '') || '/'}\n`);
  }
  return 0;
};

export const truncate: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'c', values: 's', long: { 'size=': 's' } });
  const match = /^(\d+)([KMG]?)$/.exec(options.value('s') ?? '');
  if (!match) throw new UsageError("you must specify either '--size' or '--reference'");
  const size = Number(match[1]) * ({ K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[2] as string] ?? 1);
  if (size > 256 * 1024 * 1024) throw new OsError('ENOSPC', 'No space left on device');
  for (const operand of options.operands) {
    const path = pathOf(process, operand);
    const bytes = new Uint8Array(size);
    if (process.fs.exists(path)) bytes.set(process.fs.readFile(path).subarray(0, size));
    process.fs.writeFile(path, bytes);
  }
  return 0;
};
