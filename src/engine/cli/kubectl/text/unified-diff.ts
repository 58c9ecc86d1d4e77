/** `diff -u -N` of two texts, with the line in front that names the command. '' when they are equal. */
import { civilTime, type Millis } from '#engine/sim';

type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string };

const CONTEXT = 3;

export function unifiedDiff(a: string, b: string, nameA: string, nameB: string, now: Millis): string {
  if (a === b) return '';
  const edits = diffLines(linesOf(a), linesOf(b));
  const t = civilTime(now);
  const two = (n: number) => String(n).padStart(2, '0');
  const stamp = `${t.year}-${two(t.month)}-${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}.000000000 +0000`;
  return `diff -u -N ${nameA} ${nameB}\n--- ${nameA}\t${stamp}\n+++ ${nameB}\t${stamp}\n${hunks(edits)}`;
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Longest common subsequence; fine for manifests. */
function diffLines(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
    }
  }
  const out: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: ' ', line: a[i++] as string });
      j++;
    } else if (
      i < a.length &&
      (j >= b.length || (lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number))
    )
      out.push({ kind: '-', line: a[i++] as string });
    else out.push({ kind: '+', line: b[j++] as string });
  }
  return out;
}

function hunks(edits: readonly Edit[]): string {
  let out = '';
  let at = 0;
  let lineA = 1;
  let lineB = 1;
  const advance = (to: number) => {
    for (; at < to; at++) {
      if (edits[at]?.kind !== '+') lineA++;
      if (edits[at]?.kind !== '-') lineB++;
    }
  };
  for (;;) {
    const first = edits.findIndex((edit, index) => index >= at && edit.kind !== ' ');
    if (first < 0) return out;
    let end = first;
    for (let i = first; i < edits.length && i - end <= 2 * CONTEXT; i++) if (edits[i]?.kind !== ' ') end = i;
    advance(Math.max(at, first - CONTEXT));
    const part = edits.slice(at, end + 1 + CONTEXT);
    const countA = part.filter((edit) => edit.kind !== '+').length;
    const countB = part.filter((edit) => edit.kind !== '-').length;
    out += `@@ -${range(lineA, countA)} +${range(lineB, countB)} @@\n${part.map((edit) => `${edit.kind}${edit.line}\n`).join('')}`;
    advance(at + part.length);
  }
}

const range = (line: number, count: number): string =>
  count === 1 ? String(line) : `${count === 0 ? line - 1 : line},${count}`;
