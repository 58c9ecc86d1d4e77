/** Brace expansion, on the source text of a word: `a{b,c}d`, `{1..5}`, `{a..e..2}`. */

const MAX_WORDS = 10_000;

/** The words a text stands for; itself when there is nothing to expand. */
export function expandBraces(text: string): string[] {
  for (let i = 0; i < text.length; i++) {
    i = skipQuoted(text, i);
    if (text[i] !== '{' || text[i - 1] === '$') continue;
    const found = alternatives(text, i);
    if (!found) continue;
    const before = text.slice(0, i);
    const tails = expandBraces(text.slice(found.end + 1));
    const words = found.parts.flatMap((part) => (found.isSequence ? [part] : expandBraces(part)));
    const all: string[] = [];
    for (const word of words) for (const tail of tails) if (all.length < MAX_WORDS) all.push(before + word + tail);
    return all;
  }
  return [text];
}

/** Steps over quotes, escapes and `${…}`, `$(…)`: returns the index of the next character that counts. */
function skipQuoted(text: string, start: number): number {
  let i = start;
  for (;;) {
    const char = text[i];
    if (char === '\\') i += 2;
    else if (char === "'") i = indexAfter(text, "'", i + 1);
    else if (char === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
      i++;
    } else if (char === '$' && (text[i + 1] === '{' || text[i + 1] === '(')) i = balanced(text, i + 1);
    else if (char === '`') i = indexAfter(text, '`', i + 1);
    else return i;
  }
}

const indexAfter = (text: string, char: string, from: number): number => {
  const at = text.indexOf(char, from);
  return at < 0 ? text.length : at + 1;
};

function balanced(text: string, open: number): number {
  const [start, end] = text[open] === '{' ? ['{', '}'] : ['(', ')'];
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === start) depth++;
    else if (text[i] === end && --depth === 0) return i + 1;
  }
  return text.length;
}

function alternatives(
  text: string,
  open: number,
): { readonly parts: string[]; readonly end: number; readonly isSequence: boolean } | undefined {
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open + 1; i < text.length; i++) {
    i = skipQuoted(text, i);
    const char = text[i];
    if (char === '{') depth++;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    } else if (char === '}' && depth > 0) depth--;
    else if (char === '}') {
      parts.push(text.slice(start, i));
      if (parts.length > 1) return { parts, end: i, isSequence: false };
      const sequence = range(parts[0] as string);
      return sequence && { parts: sequence, end: i, isSequence: true };
    }
  }
  return undefined;
}

function range(body: string): string[] | undefined {
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([a-zA-Z])\.\.([a-zA-Z]))(?:\.\.(-?\d+))?$/.exec(body);
  if (!match) return undefined;
  const isNumber = match[1] !== undefined;
  const from = isNumber ? Number(match[1]) : (match[3] as string).charCodeAt(0);
  const to = isNumber ? Number(match[2]) : (match[4] as string).charCodeAt(0);
  const step = Math.max(1, Math.abs(Number(match[5] ?? 1))) * (from <= to ? 1 : -1);
  const padded = isNumber && [match[1], match[2]].some((text) => /^-?0\d/.test(text as string));
  const width = padded ? Math.max((match[1] as string).length, (match[2] as string).length) : 0;
  const words: string[] = [];
  for (let n = from; step > 0 ? n <= to : n >= to; n += step) {
    if (words.length >= MAX_WORDS) break;
    words.push(
      isNumber
        ? `${n < 0 ? '-' : ''}${String(Math.abs(n)).padStart(width - (n < 0 ? 1 : 0), '0')}`
        : String.fromCharCode(n),
    );
  }
  return words;
}
