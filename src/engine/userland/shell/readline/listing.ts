/** Candidates listed under the line, in columns as bash has them. */
import type { Candidate } from '../completion.ts';
import { textWidth } from './width.ts';

/** More than that are not listed without being asked for. */
export const ASK_ABOVE = 100;

/** Lines without their ends. Down the columns first; with descriptions one below the other while there is room. */
export function listed(candidates: readonly Candidate[], columns: number, rows: number): readonly string[] {
  if (candidates.some(({ description }) => description) && candidates.length < rows)
    return described(candidates, columns);
  const width = Math.max(...candidates.map(({ shown }) => textWidth(shown))) + 2;
  const across = Math.max(1, Math.floor(columns / width));
  const height = Math.ceil(candidates.length / across);
  return Array.from({ length: height }, (_, row) =>
    candidates
      .filter((_candidate, index) => index % height === row)
      .map(({ shown }) => shown + ' '.repeat(width - textWidth(shown)))
      .join('')
      .trimEnd(),
  );
}

function described(candidates: readonly Candidate[], columns: number): readonly string[] {
  const width = Math.max(...candidates.map(({ shown }) => textWidth(shown))) + 2;
  return candidates.map(({ shown, description }) => {
    if (!description) return shown;
    const room = columns - width - 3;
    const told = description.length > room ? `${description.slice(0, Math.max(0, room - 1))}…` : description;
    return room < 12 ? shown : `${shown + ' '.repeat(width - textWidth(shown))}(${told})`;
  });
}

/** The longest beginning that all have. */
export function commonBeginning(texts: readonly string[]): string {
  return texts.reduce((a, b) => {
    let n = 0;
    while (n < a.length && a[n] === b[n]) n++;
    return a.slice(0, n);
  });
}
