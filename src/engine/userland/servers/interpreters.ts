/** perl, python, node and go: their languages are not simulated, what upstream's examples do with them is. */
import { textResponse } from '#engine/http';
import { type Process, type Program, print, untilSignal } from '#engine/os';

/** π to so many significant digits, by Machin's formula; an honest share of the work is charged. */
async function pi(process: Process, digits: number): Promise<string> {
  const scale = 10n ** BigInt(digits + 10);
  const arctan = async (inverse: bigint): Promise<bigint> => {
    let term = scale / inverse;
    let sum = term;
    for (let n = 3n, sign = -1n; term !== 0n; n += 2n, sign = -sign) {
      term /= inverse * inverse;
      sum += (sign * term) / n;
      if (n % 64n === 1n) await process.compute(1);
    }
    return sum;
  };
  const value = (4n * (4n * (await arctan(5n)) - (await arctan(239n)))) / 10n ** 10n;
  const text = value.toString();
  return `${text[0]}.${text.slice(1, digits)}`;
}

const MAX_DIGITS = 20_000;

/** @fidelity none: Perl is not simulated; computing π with bignum, printing a literal and -v are */
export const perl: Program = async (process) => {
  const line = process.argv.slice(1).join(' ');
  if (/(^| )-v( |$)/.test(line))
    return say(process, 'This is perl 5, version 42, subversion 0 (v5.42.0) built for x86_64-linux-gnu');
  const digits = Number(/print bpi\((\d+)\)/.exec(line)?.[1] ?? 0);
  if (digits > 0) return say(process, await pi(process, Math.min(digits, MAX_DIGITS)));
  const literal = /print\s*(["'])((?:(?!\1).)*)\1/.exec(line);
  if (literal) return say(process, (literal[2] as string).replace(/\\n$/, ''));
  return refuse(process, 'Perl');
};

/** @fidelity none: Python is not simulated; `-m http.server`, printing a literal and --version are */
export const python: Program = async (process) => {
  const args = process.argv.slice(1);
  if (args.includes('--version') || args.includes('-V')) return say(process, 'Python 3.14.0');
  if (args[0] === '-m' && args[1] === 'http.server')
    return fileServer(process, Number(args.find((arg) => /^\d+$/.test(arg)) ?? 8000));
  const literal = /^print\(\s*(["'])((?:(?!\1).)*)\1\s*\)$/.exec(args[0] === '-c' ? (args[1] ?? '').trim() : '');
  return literal ? say(process, literal[2] as string) : refuse(process, 'Python');
};

/** @fidelity none: JavaScript is not simulated; printing a literal and --version are */
export const node: Program = async (process) => {
  const args = process.argv.slice(1);
  if (args.includes('--version') || args.includes('-v')) return say(process, 'v25.1.0');
  const literal = /^console\.log\(\s*(["'`])((?:(?!\1).)*)\1\s*\);?$/.exec(
    args[0] === '-e' ? (args[1] ?? '').trim() : '',
  );
  return literal ? say(process, literal[2] as string) : refuse(process, 'JavaScript');
};

/** @fidelity none: Go is not simulated */
export const golang: Program = async (process) =>
  process.argv[1] === 'version' ? say(process, 'go version go1.25.3 linux/amd64') : refuse(process, 'Go');

async function say(process: Process, text: string): Promise<number> {
  await print(process.stdout, `${text}\n`);
  return 0;
}

async function refuse(process: Process, language: string): Promise<number> {
  await print(
    process.stderr,
    `podarium: programs in ${language} are not simulated; use a shell script, or an image whose program is\n`,
  );
  return 1;
}

async function fileServer(process: Process, port: number): Promise<number> {
  process.net.listen(port, async (request) => {
    await process.compute(0.2);
    const path = `${process.cwd === '/' ? '' : process.cwd}${request.path}`.replace(/\/$/, '') || '/';
    const { fs } = process;
    if (!fs.exists(path))
      return textResponse(404, '<h1>Error response</h1>\n<p>Error code: 404</p>\n', { 'content-type': 'text/html' });
    const index = `${path}/index.html`;
    if (fs.stat(path).type !== 'directory')
      return {
        status: 200,
        headers: { 'content-type': 'application/octet-stream' },
        body: { kind: 'bytes', bytes: fs.readFile(path) },
      };
    if (fs.exists(index))
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: { kind: 'bytes', bytes: fs.readFile(index) },
      };
    const items = fs.readdir(path).map((name) => `<li><a href="${name}">${name}</a></li>\n`);
    return textResponse(200, `<h1>Directory listing for ${request.path}</h1>\n<ul>\n${items.join('')}</ul>\n`, {
      'content-type': 'text/html',
    });
  });
  await print(process.stdout, `Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...\n`);
  await untilSignal(process, ['SIGINT', 'SIGTERM']);
  return 0;
}
