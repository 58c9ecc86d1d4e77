/** find: tests and actions over a tree. */
import { type FileStat, OsError, type Process, print } from '#engine/os';
import { type Applet, complain, pathOf, UsageError } from '../applet.ts';
import { matches } from '../shell/pattern.ts';

interface Visit {
  readonly path: string;
  readonly full: string;
  readonly name: string;
  readonly stat: FileStat;
}
type Test = (visit: Visit) => Promise<boolean> | boolean;

interface Walk {
  minDepth: number;
  maxDepth: number;
  acts: boolean;
  prune: boolean;
  depthFirst: boolean;
}

export const find: Applet = async (process) => {
  const args = process.argv.slice(1);
  const start = args.findIndex((arg) => arg.startsWith('-') || arg === '(' || arg === '!');
  const roots = start < 0 ? args : args.slice(0, start);
  const walk: Walk = { minDepth: 0, maxDepth: Number.POSITIVE_INFINITY, acts: false, prune: false, depthFirst: false };
  const parser = new Parser(process, start < 0 ? [] : args.slice(start), walk);
  const test = parser.parse();
  let code = 0;
  const visit = async (path: string, depth: number): Promise<void> => {
    const full = pathOf(process, path);
    let stat: FileStat;
    try {
      stat = process.fs.lstat(full);
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      await complain(process, `'${path}': ${error.message}`);
      code = 1;
      return;
    }
    await process.compute(0.05);
    const here: Visit = { path, full, name: path.replace(/\/+$/, '').replace(/^.*\//, '') || path, stat };
    const check = async () => {
      if (depth >= walk.minDepth && (await test(here)) && !walk.acts) await print(process.stdout, `${path}\n`);
    };
    walk.prune = false;
    if (!walk.depthFirst) await check();
    const prune = walk.prune;
    if (stat.type === 'directory' && depth < walk.maxDepth && !prune) {
      for (const name of process.fs.readdir(full)) await visit(`${path.replace(/\/+$/, '') || ''}/${name}`, depth + 1);
    }
    if (walk.depthFirst) await check();
  };
  for (const root of roots.length > 0 ? roots : ['.']) await visit(root, 0);
  await parser.finish();
  return code;
};

class Parser {
  private at = 0;
  private readonly batches: { readonly argv: readonly string[]; readonly paths: string[] }[] = [];

  constructor(
    private readonly process: Process,
    private readonly args: readonly string[],
    private readonly walk: Walk,
  ) {}

  parse(): Test {
    const test = this.args.length === 0 ? () => true : this.or();
    if (this.at < this.args.length) throw new UsageError(`unexpected argument '${this.args[this.at]}'`);
    return test;
  }

  async finish(): Promise<void> {
    for (const { argv, paths } of this.batches)
      if (paths.length > 0) await this.process.spawn(argv.flatMap((arg) => (arg === '{}' ? paths : [arg]))).exited;
  }

  private or(): Test {
    let left = this.and();
    while (this.args[this.at] === '-o' || this.args[this.at] === '-or') {
      this.at++;
      const [a, b] = [left, this.and()];
      left = async (visit) => (await a(visit)) || b(visit);
    }
    return left;
  }

  private and(): Test {
    let left = this.not();
    while (this.at < this.args.length && !['-o', '-or', ')'].includes(this.args[this.at] as string)) {
      if (this.args[this.at] === '-a' || this.args[this.at] === '-and') this.at++;
      const [a, b] = [left, this.not()];
      left = async (visit) => (await a(visit)) && b(visit);
    }
    return left;
  }

  private not(): Test {
    const arg = this.args[this.at];
    if (arg === '!' || arg === '-not') {
      this.at++;
      const inner = this.not();
      return async (visit) => !(await inner(visit));
    }
    if (arg === '(') {
      this.at++;
      const inner = this.or();
      if (this.args[this.at++] !== ')')
        throw new UsageError("invalid expression; expected to find a ')' but didn't see one");
      return inner;
    }
    return this.primary();
  }

  private value(): string {
    const value = this.args[this.at++];
    if (value === undefined) throw new UsageError(`missing argument to '${this.args[this.at - 2]}'`);
    return value;
  }

  private primary(): Test {
    const name = this.args[this.at++] ?? '';
    const { walk, process } = this;
    switch (name) {
      case '-name':
      case '-iname': {
        const pattern = this.value();
        return ({ name: text }) =>
          name === '-name' ? matches(pattern, text) : matches(pattern.toLowerCase(), text.toLowerCase());
      }
      case '-path':
      case '-wholename': {
        const pattern = this.value();
        return ({ path }) => matches(pattern, path);
      }
      case '-type': {
        const types = this.value()
          .split(',')
          .map((letter) => ({ f: 'file', d: 'directory', l: 'symlink', c: 'device' })[letter]);
        return ({ stat }) => types.includes(stat.type);
      }
      case '-size':
        return sizeTest(this.value());
      case '-mtime':
      case '-mmin': {
        const unit = name === '-mtime' ? 86_400_000 : 60_000;
        const compare = comparison(this.value());
        return ({ stat }) => compare(Math.floor((process.clock.now() - stat.modified) / unit));
      }
      case '-newer': {
        const reference = process.fs.stat(pathOf(process, this.value())).modified;
        return ({ stat }) => stat.modified > reference;
      }
      case '-empty':
        return ({ stat, full }) =>
          stat.type === 'directory' ? process.fs.readdir(full).length === 0 : stat.type === 'file' && stat.size === 0;
      case '-perm': {
        const mode = this.value();
        const bits = Number.parseInt(mode.replace(/^[-/]/, ''), 8);
        return ({ stat }) =>
          mode.startsWith('-')
            ? (stat.mode & bits) === bits
            : mode.startsWith('/')
              ? (stat.mode & bits) !== 0
              : stat.mode === bits;
      }
      case '-true':
        return () => true;
      case '-maxdepth':
        walk.maxDepth = Number(this.value());
        return () => true;
      case '-mindepth':
        walk.minDepth = Number(this.value());
        return () => true;
      case '-depth':
        walk.depthFirst = true;
        return () => true;
      case '-xdev':
      case '-mount':
        return () => true;
      default:
        return this.action(name);
    }
  }

  private action(name: string): Test {
    const { walk, process } = this;
    if (!['-print', '-print0', '-prune', '-delete', '-exec', '-ls', '-quit'].includes(name))
      throw new UsageError(`unknown predicate '${name}'`);
    if (name === '-prune') {
      return () => {
        walk.prune = true;
        return true;
      };
    }
    walk.acts = true;
    if (name === '-delete') {
      walk.depthFirst = true;
      return ({ full }) => {
        process.fs.remove(full);
        return true;
      };
    }
    if (name !== '-exec') {
      return async ({ path }) => {
        await print(process.stdout, `${path}${name === '-print0' ? '\0' : '\n'}`);
        return true;
      };
    }
    const argv: string[] = [];
    while (this.at < this.args.length && this.args[this.at] !== ';' && this.args[this.at] !== '+')
      argv.push(this.args[this.at++] as string);
    const terminator = this.args[this.at++];
    if (terminator === undefined) throw new UsageError("missing argument to `-exec'");
    if (terminator === '+') {
      const batch = { argv, paths: [] as string[] };
      this.batches.push(batch);
      return ({ path }) => batch.paths.push(path) > 0;
    }
    return async ({ path }) => (await process.spawn(argv.map((arg) => arg.replaceAll('{}', path))).exited).code === 0;
  }
}

function comparison(text: string): (value: number) => boolean {
  const number = Number(text.replace(/^[-+]/, ''));
  return (value) => (text.startsWith('+') ? value > number : text.startsWith('-') ? value < number : value === number);
}

function sizeTest(text: string): Test {
  const unit = { c: 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[text.slice(-1)] ?? 512;
  const compare = comparison(text.replace(/[ckMGb]$/, ''));
  return ({ stat }) => compare(Math.ceil(stat.size / unit));
}
