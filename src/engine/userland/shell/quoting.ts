/** Quoting text so that a shell reads it back, and escapes of echo, printf and `$'…'`. */

/** `'it'\''s'`, or the text itself when it needs no quotes. */
export function quoteIfNeeded(text: string): string {
  return text !== '' && /^[\w@%+=:,./-]+$/.test(text) ? text : quoteForReuse(text);
}

/** Always in quotes. */
export function quoteForReuse(text: string): string {
  if (hasControl(text)) return `$'${[...text].map(escapeChar).join('')}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const hasControl = (text: string): boolean => [...text].some((char) => char < ' ' || char === '\x7f');

function escapeChar(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  if (char === "'" || char === '\\') return `\\${char}`;
  return hasControl(char) ? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}` : char;
}

const SIMPLE: { readonly [letter: string]: string } = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** Escapes of `echo -e` and `%b`; `\c` ends the output. */
export function unescapeEcho(text: string): { readonly text: string; readonly ended: boolean } {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char !== '\\') {
      out += char;
      continue;
    }
    const rest = text.slice(i + 1);
    if (rest.startsWith('c')) return { text: out, ended: true };
    const { value, length } = readEscape(rest, true);
    out += value;
    i += length;
  }
  return { text: out, ended: false };
}

/** One escape behind a backslash: its value and how many characters it took. */
export function readEscape(rest: string, zeroOctal = false): { readonly value: string; readonly length: number } {
  const letter = rest[0];
  if (letter === undefined) return { value: '\\', length: 0 };
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { value: simple, length: 1 };
  const octal = (zeroOctal ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest);
  if (octal) return { value: byteText(Number.parseInt(octal[1] || '0', 8) & 0xff), length: octal[0].length };
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
  if (hex) return { value: byteText(Number.parseInt(hex[1] as string, 16)), length: hex[0].length };
  const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest);
  if (unicode) {
    const code = Number.parseInt((unicode[1] ?? unicode[2]) as string, 16);
    return { value: code <= 0x10_ff_ff ? String.fromCodePoint(code) : '', length: unicode[0].length };
  }
  return { value: `\\${letter}`, length: 1 };
}

const byteText = (byte: number): string => String.fromCharCode(byte);
