/** Lines of a script, and what each flavour says of a syntax error. */
import type { ParsedScript } from 'unbash';
import { CommandFailed } from './control.ts';
import type { Shell } from './shell.ts';

export function lineStarts(shell: Shell, source: string): readonly number[] {
  let starts = shell.lineStarts.get(source);
  if (!starts) {
    const found = [0];
    for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) found.push(i + 1);
    starts = found;
    if (shell.lineStarts.size > 50) shell.lineStarts.clear();
    shell.lineStarts.set(source, starts);
  }
  return starts;
}

export function lineOf(starts: readonly number[], position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= position) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** Says what is wrong with the script, in the flavour's words, and fails with 2. */
export async function syntaxError(
  shell: Shell,
  script: ParsedScript,
  source: string,
  lines: readonly number[],
): Promise<never> {
  const error = [...(script.errors ?? [])].sort((a, b) => a.pos - b.pos)[0];
  const message = error?.message ?? 'syntax error';
  const line = lineOf(lines, error?.pos ?? 0);
  shell.line = line;
  const token = /unexpected token '(.+)'/s.exec(message)?.[1];
  const quote = /unterminated (double|single) quote|unterminated (backtick|command substitution)/.exec(message);
  const mark = quote
    ? quote[1] === 'double'
      ? '"'
      : quote[1] === 'single'
        ? "'"
        : quote[2] === 'backtick'
          ? '`'
          : ')'
    : undefined;
  if (shell.flavour === 'bash') {
    const head = shell.interactive
      ? `${shell.name.replace(/^-/, '')}: `
      : `${shell.name}: ${shell.fromCommandString ? '-c: ' : ''}line ${line}: `;
    if (mark) await shell.printError(`${head}unexpected EOF while looking for matching \`${mark}'\n`);
    else if (token)
      await shell.printError(
        `${head}syntax error near unexpected token \`${token === '\n' ? 'newline' : token}'\n${shell.interactive ? '' : `${head}\`${source.split('\n')[line - 1]}'\n`}`,
      );
    else await shell.printError(`${head}syntax error: unexpected end of file\n`);
  } else {
    const words = mark
      ? shell.flavour === 'dash'
        ? 'Unterminated quoted string'
        : 'unterminated quoted string'
      : shell.flavour === 'dash'
        ? token
          ? `"${token}" unexpected`
          : 'end of file unexpected'
        : `unexpected ${token ? `"${token}"` : 'end of file'}`;
    await shell.printError(
      shell.flavour === 'dash'
        ? `${shell.name}: ${line}: Syntax error: ${words}\n`
        : `${shell.name}: syntax error: ${words}\n`,
    );
  }
  throw new CommandFailed(2, true);
}
