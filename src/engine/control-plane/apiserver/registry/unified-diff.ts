/**
 * The difference of two values, line by line of their JSON, as some refusals show it.
 * The matching is Ratcliff and Obershelp's with Python difflib's heuristics, which upstream's library ports.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/diff/cmp.go
 */

interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** Where each line of `b` occurs; in long texts lines that are everywhere do not count. */
function indexLines(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (const [i, line] of b.entries()) {
    const found = index.get(line);
    if (found) found.push(i);
    else index.set(line, [i]);
  }
  if (b.length >= 200) {
    const tooMany = Math.floor(b.length / 100) + 1;
    for (const [line, places] of index) if (places.length > tooMany) index.delete(line);
  }
  return index;
}

type Bounds = readonly [aFrom: number, aTo: number, bFrom: number, bTo: number];

class Matcher {
  private readonly places: ReadonlyMap<string, readonly number[]>;

  constructor(
    private readonly a: readonly string[],
    private readonly b: readonly string[],
  ) {
    this.places = indexLines(b);
  }

  private longestMatch([aFrom, aTo, bFrom, bTo]: Bounds): Match {
    let best: Match = { a: aFrom, b: bFrom, size: 0 };
    let lengths = new Map<number, number>();
    for (let i = aFrom; i < aTo; i++) {
      const next = new Map<number, number>();
      for (const j of this.places.get(this.a[i] as string) ?? []) {
        if (j < bFrom) continue;
        if (j >= bTo) break;
        const size = (lengths.get(j - 1) ?? 0) + 1;
        next.set(j, size);
        if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
      }
      lengths = next;
    }
    return this.extend(best, [aFrom, aTo, bFrom, bTo]);
  }

  /** Lines that do not count may still lengthen a match. */
  private extend(match: Match, [aFrom, aTo, bFrom, bTo]: Bounds): Match {
    let { a, b, size } = match;
    while (a > aFrom && b > bFrom && this.a[a - 1] === this.b[b - 1]) [a, b, size] = [a - 1, b - 1, size + 1];
    while (a + size < aTo && b + size < bTo && this.a[a + size] === this.b[b + size]) size += 1;
    return { a, b, size };
  }

  matches(): readonly Match[] {
    const found: Match[] = [];
    const visit = (bounds: Bounds) => {
      const [aFrom, aTo, bFrom, bTo] = bounds;
      const match = this.longestMatch(bounds);
      if (match.size === 0) return;
      if (aFrom < match.a && bFrom < match.b) visit([aFrom, match.a, bFrom, match.b]);
      found.push(match);
      if (match.a + match.size < aTo && match.b + match.size < bTo)
        visit([match.a + match.size, aTo, match.b + match.size, bTo]);
    };
    visit([0, this.a.length, 0, this.b.length]);
    const merged: Match[] = [];
    for (const match of found) {
      const last = merged.at(-1);
      if (last && last.a + last.size === match.a && last.b + last.size === match.b) {
        merged[merged.length - 1] = { ...last, size: last.size + match.size };
      } else merged.push(match);
    }
    return merged;
  }
}

interface Change {
  readonly equal: boolean;
  readonly a: readonly [from: number, to: number];
  readonly b: readonly [from: number, to: number];
}

function changesOf(a: readonly string[], b: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  const end: Match = { a: a.length, b: b.length, size: 0 };
  for (const match of [...new Matcher(a, b).matches(), end]) {
    if (i < match.a || j < match.b) changes.push({ equal: false, a: [i, match.a], b: [j, match.b] });
    if (match.size > 0)
      changes.push({ equal: true, a: [match.a, match.a + match.size], b: [match.b, match.b + match.size] });
    i = match.a + match.size;
    j = match.b + match.size;
  }
  return changes;
}

const CONTEXT = 3;

/** Changes with a little of what is around them; far ones in groups of their own. */
function grouped(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups: Change[][] = [];
  let group: Change[] = [];
  for (const [index, change] of changes.entries()) {
    if (!change.equal) {
      group.push(change);
      continue;
    }
    const { a, b } = change;
    const first = index === 0;
    const last = index === changes.length - 1;
    const head = first
      ? []
      : [{ equal: true, a: [a[0], Math.min(a[1], a[0] + CONTEXT)], b: [b[0], Math.min(b[1], b[0] + CONTEXT)] }];
    const tail = last
      ? []
      : [{ equal: true, a: [Math.max(a[0], a[1] - CONTEXT), a[1]], b: [Math.max(b[0], b[1] - CONTEXT), b[1]] }];
    if (!first && !last && a[1] - a[0] <= 2 * CONTEXT) group.push(change);
    else {
      group.push(...(head as unknown as readonly Change[]));
      if (group.some(({ equal }) => !equal)) groups.push(group);
      group = [...(tail as unknown as readonly Change[])];
    }
  }
  if (group.some(({ equal }) => !equal)) groups.push(group);
  return groups;
}

function range([from, to]: readonly [number, number]): string {
  const length = to - from;
  if (length === 1) return String(from + 1);
  return `${length === 0 ? from : from + 1},${length}`;
}

function hunk(group: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const first = group[0] as Change;
  const last = group.at(-1) as Change;
  const lines = [`@@ -${range([first.a[0], last.a[1]])} +${range([first.b[0], last.b[1]])} @@`];
  for (const change of group) {
    const before = a.slice(...change.a);
    if (change.equal) lines.push(...before.map((line) => ` ${line}`));
    else lines.push(...before.map((line) => `-${line}`), ...b.slice(...change.b).map((line) => `+${line}`));
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** Every change from `before` to `after` as hunks of a unified diff, each line ended; empty when nothing changed. */
export function jsonDiff(before: unknown, after: unknown): string {
  const a = JSON.stringify(before, null, 1).split('\n');
  const b = JSON.stringify(after, null, 1).split('\n');
  return grouped(changesOf(a, b))
    .map((group) => hunk(group, a, b))
    .join('');
}
