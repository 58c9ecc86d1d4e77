/** How wide characters stand on a terminal, and which of them belong together. */

type Range = readonly [from: number, to: number];

/** Marks that sit on the character before. */
const ZERO: readonly Range[] = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x0591, 0x05bd],
  [0x0610, 0x061a],
  [0x064b, 0x065f],
  [0x0900, 0x0902],
  [0x093c, 0x093c],
  [0x0e31, 0x0e31],
  [0x0e34, 0x0e3a],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x20d0, 0x20ff],
  [0x3099, 0x309a],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0x1f3fb, 0x1f3ff],
  [0xe0020, 0xe007f],
  [0xe0100, 0xe01ef],
];
const WIDE: readonly Range[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26a1],
  [0x26bd, 0x26be],
  [0x2705, 0x2705],
  [0x274c, 0x274c],
  [0x2753, 0x2757],
  [0x2795, 0x2797],
  [0x2b50, 0x2b50],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f1e6, 0x1f1ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

const within = (ranges: readonly Range[], code: number): boolean =>
  ranges.some(([from, to]) => code >= from && code <= to);

const JOINER = 0x200d;
const isRegional = (code: number): boolean => code >= 0x1f1e6 && code <= 0x1f1ff;

/** Where the cluster that begins at `at` ends: a character with its marks, joined emoji, a flag. */
export function clusterEnd(text: string, at: number): number {
  const first = text.codePointAt(at);
  if (first === undefined) return at;
  let end = at + sizeOf(first);
  if (isRegional(first) && isRegional(text.codePointAt(end) ?? 0)) end += 2;
  for (;;) {
    const code = text.codePointAt(end);
    if (code === undefined || code < 0x300) return end;
    if (code === JOINER && end + 1 < text.length && first > 0x2000)
      end += 1 + sizeOf(text.codePointAt(end + 1) as number);
    else if (within(ZERO, code)) end += sizeOf(code);
    else return end;
  }
}

/** Where the cluster that ends at `at` begins. */
export function clusterStart(text: string, at: number): number {
  // Clusters are short: the last newline or space in front is certainly between two of them.
  let from = Math.max(text.lastIndexOf(' ', at - 2), text.lastIndexOf('\n', at - 2), 0);
  for (let end = clusterEnd(text, from); end < at; end = clusterEnd(text, from)) from = end;
  return from;
}

const sizeOf = (code: number): number => (code > 0xffff ? 2 : 1);

/** Columns of one cluster: 0, 1 or 2; control characters are shown as `^X`. */
export function clusterWidth(cluster: string): number {
  const code = cluster.codePointAt(0) ?? 0;
  if (code < 32 || code === 127) return 2;
  if (code < 0x300) return 1;
  if (within(ZERO, code)) return 0;
  return within(WIDE, code) || cluster.includes('\ufe0f') ? 2 : 1;
}

/** Columns of a text without control characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (let at = 0; at < text.length; ) {
    const end = clusterEnd(text, at);
    width += clusterWidth(text.slice(at, end));
    at = end;
  }
  return width;
}
