/** What literals mean. @upstream cel-go parser/unescape.go, parser/parser.go */
import type { Token } from './tokens.ts';
import { Uint, type Value } from './values.ts';

const SIMPLE: { readonly [character: string]: number } = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '`': 96,
  '?': 63,
};
const ESCAPE =
  /\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))|([^\\]+)/gu;

function stripped(text: string): { readonly body: string; readonly raw: boolean } {
  const raw = /^[rR]/.test(text);
  const quoted = raw ? text.slice(1) : text;
  const size = quoted.length >= 6 && (quoted.startsWith('"""') || quoted.startsWith("'''")) ? 3 : 1;
  return { body: quoted.slice(size, -size), raw };
}

const MAX_RUNE = 0x10ffff;

/** Code points of the literal; undefined for an escape that means nothing. */
function unescaped(
  text: string,
  point: (value: number, isByte: boolean) => void,
  plain: (text: string) => void,
): boolean {
  const { body, raw } = stripped(text);
  if (raw) {
    plain(body);
    return true;
  }
  for (const [, x, bigX, u, bigU, octal, single, other] of body.matchAll(ESCAPE)) {
    if (other !== undefined) plain(other);
    else if (single !== undefined) {
      const simple = SIMPLE[single];
      if (simple === undefined) return false;
      point(simple, false);
    } else {
      const value = octal === undefined ? Number.parseInt(x ?? bigX ?? u ?? bigU ?? '', 16) : Number.parseInt(octal, 8);
      if (value > MAX_RUNE) return false;
      point(value, x !== undefined || bigX !== undefined || octal !== undefined);
    }
  }
  return true;
}

/** The text of a STRING token. */
function stringLiteral(text: string): string | undefined {
  let result = '';
  const done = unescaped(
    text,
    (value) => {
      result += String.fromCodePoint(value);
    },
    (plain) => {
      result += plain;
    },
  );
  return done ? result : undefined;
}

/** The bytes of a BYTES token. */
function bytesLiteral(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  const done = unescaped(
    text.slice(1),
    (value, isByte) => {
      if (isByte) bytes.push(value & 0xff);
      else bytes.push(...encoder.encode(String.fromCodePoint(value)));
    },
    (plain) => bytes.push(...encoder.encode(plain)),
  );
  return done ? Uint8Array.from(bytes) : undefined;
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** A literal's value, or which kind of literal it fails to be. */
export type ReadLiteral = { readonly value: Value } | { readonly invalid: string };

const valueOr = (value: Value | undefined, invalid: string): ReadLiteral =>
  value === undefined ? { invalid } : { value };

/** The value of a literal's token. */
export function literalOf({ kind, text }: Token, negative: boolean): ReadLiteral {
  switch (kind) {
    case "'true'":
      return { value: true };
    case "'false'":
      return { value: false };
    case 'NUM_INT': {
      const value = negative ? -BigInt(text) : BigInt(text);
      return value < MIN_INT64 || value > MAX_INT64 ? { invalid: 'int' } : { value };
    }
    case 'NUM_UINT': {
      const value = BigInt(text.slice(0, -1));
      return value > MAX_UINT64 ? { invalid: 'uint' } : { value: new Uint(value) };
    }
    case 'NUM_FLOAT': {
      const value = Number(text);
      return Number.isFinite(value) ? { value: negative ? -value : value } : { invalid: 'double' };
    }
    case 'STRING':
      return valueOr(stringLiteral(text), 'string');
    case 'BYTES':
      return valueOr(bytesLiteral(text), 'bytes');
    default:
      return { value: null };
  }
}
