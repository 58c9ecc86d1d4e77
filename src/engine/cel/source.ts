/** Issues of an expression as cel-go prints them, with the line they are in and a mark below it. @upstream cel-go common/error.go */

/** One thing that is wrong with an expression. `offset` counts UTF-16 units from its start. */
export interface CelIssue {
  readonly offset: number;
  readonly message: string;
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

function placeOf(source: string, offset: number): Place {
  const before = source.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  const end = source.indexOf('\n', start);
  return {
    line: before.split('\n').length,
    column: [...source.slice(start, offset)].length,
    text: source.slice(start, end < 0 ? undefined : end),
  };
}

const isWide = (character: string): boolean => (character.codePointAt(0) ?? 0) > 0x7f;

function printIssue(source: string, { offset, message }: CelIssue): string {
  const { line, column, text } = placeOf(source, offset);
  const characters = [...text];
  const dots = Array.from({ length: column }, (_, at) => (isWide(characters[at] ?? '.') ? '．' : '.')).join('');
  const mark = isWide(characters[column] ?? '^') ? '＾' : '^';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text.replaceAll('\t', ' ')}\n | ${dots}${mark}`;
}

/** All issues in the order of their places. */
export const formatIssues = (source: string, issues: readonly CelIssue[]): string =>
  [...issues]
    .sort((a, b) => a.offset - b.offset)
    .map((issue) => printIssue(source, issue))
    .join('\n');

/** The expression cannot be read or typed. */
export class CelSyntaxError extends Error {
  readonly issues: readonly CelIssue[];
  constructor(issues: readonly CelIssue[]) {
    super(issues[0]?.message ?? '');
    this.issues = issues;
  }
}
