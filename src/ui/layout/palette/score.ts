/** How well something fits what was typed: by whole words, by beginnings, by letters in order. Works on any script. */

const WORD_START = /[\s\-_./:：，（(“"]/;

/** 0 is no fit; higher is better. Letters of `query` have to appear in order. */
export function fitOf(text: string, query: string): number {
  const at = text.indexOf(query);
  if (at === 0) return text.length === query.length ? 100 : 90;
  if (at > 0) return WORD_START.test(text[at - 1] ?? '') ? 80 : 60;
  let from = 0;
  let score = 40;
  let last = -1;
  for (const letter of query) {
    if (letter === ' ') continue;
    const found = text.indexOf(letter, from);
    if (found < 0) return 0;
    const starts = found === 0 || WORD_START.test(text[found - 1] ?? '');
    if (found !== last + 1 && !starts) score -= 4;
    last = found;
    from = found + letter.length;
  }
  return Math.max(score, 1);
}

/** What a word beside the name counts less. */
const BESIDE = 12;

/** A fit so loose says nothing. */
const LOOSE = 16;

export interface Searchable {
  /** What it is called, in lower case, in every language. */
  readonly names: readonly string[];
  /** Other words it may be looked for by, in lower case: they count a little less. */
  readonly words: readonly string[];
}

/** Those that fit, the best first; equals stay in their order. */
export function bestOf<T extends Searchable>(entries: readonly T[], query: string, limit: number): readonly T[] {
  const wanted = query.trim().toLowerCase();
  const scored: { readonly entry: T; readonly score: number; readonly at: number }[] = [];
  entries.forEach((entry, at) => {
    const score = Math.max(
      0,
      ...entry.names.map((name) => fitOf(name, wanted)),
      ...entry.words.map((word) => fitOf(word, wanted) - BESIDE),
    );
    if (score >= LOOSE) scored.push({ entry, score, at });
  });
  scored.sort((a, b) => b.score - a.score || a.at - b.at);
  return scored.slice(0, limit).map(({ entry }) => entry);
}
