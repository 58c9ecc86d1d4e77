/**
 * RESP2, the protocol of Redis. Strings are binary: every character is one byte, so that lengths and values survive as they came.
 */
/** A reply that is already in wire form: statuses and the nil array. */
class Raw {
  constructor(readonly text: string) {}
}

/** An error reply: `ERR …`, `WRONGTYPE …`. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

/** undefined is the nil string. */
export type Reply = number | string | undefined | Raw | RedisError | readonly Reply[];

export const OK = new Raw('+OK\r\n');
export const QUEUED = new Raw('+QUEUED\r\n');
export const NIL_ARRAY = new Raw('*-1\r\n');
/** Nothing goes out: the command writes what it has to say itself. */
export const NO_REPLY = new Raw('');
export const status = (text: string): Raw => new Raw(`+${text}\r\n`);

export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function fromBytes(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}

/** A JavaScript text as the bytes of its UTF-8, one character each. */
export const fromText = (text: string): string => fromBytes(new TextEncoder().encode(text));

export function encodeReply(reply: Reply): string {
  if (reply === undefined) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (reply instanceof Raw) return reply.text;
  if (reply instanceof RedisError) return `-${reply.message}\r\n`;
  return `*${reply.length}\r\n${reply.map(encodeReply).join('')}`;
}

/** A command as clients send it and the append-only file keeps it. */
export const encodeCommand = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

/** The other side broke the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Bytes that came, and what can be taken from them. */
class Incoming {
  protected text = '';
  protected offset = 0;

  push(bytes: Uint8Array): void {
    this.text = this.text.slice(this.offset) + fromBytes(bytes);
    this.offset = 0;
  }

  /** Up to the next CRLF; undefined while it has not come. */
  protected line(): string | undefined {
    const end = this.text.indexOf('\n', this.offset);
    if (end < 0) return undefined;
    const line = this.text.slice(this.offset, end).replace(/\r$/, '');
    this.offset = end + 1;
    return line;
  }

  protected bulk(length: number): string | undefined {
    if (this.text.length < this.offset + length + 2) return undefined;
    const text = this.text.slice(this.offset, this.offset + length);
    this.offset += length + 2;
    return text;
  }

  /** All or nothing: what is not complete is read again later. */
  protected whole<T>(read: () => T | undefined): T | undefined {
    const start = this.offset;
    const value = read();
    if (value === undefined) this.offset = start;
    return value;
  }
}

/** Commands out of a client's bytes: arrays of strings, or a line of words. */
export class CommandReader extends Incoming {
  /** The next complete command (an empty one for an empty line). Throws ProtocolError. */
  next(): readonly string[] | undefined {
    return this.whole(() => {
      const line = this.line();
      if (line === undefined || !line.startsWith('*')) return line === undefined ? undefined : splitWords(line);
      const count = Number(line.slice(1));
      if (!Number.isInteger(count) || count > 1024 * 1024) throw new ProtocolError('invalid multibulk length');
      const words: string[] = [];
      for (let i = 0; i < count; i++) {
        const head = this.line();
        if (head === undefined) return undefined;
        if (!head.startsWith('$')) throw new ProtocolError(`expected '$', got '${head[0] ?? ''}'`);
        const length = Number(head.slice(1));
        if (!Number.isInteger(length) || length < 0) throw new ProtocolError('invalid bulk length');
        const word = this.bulk(length);
        if (word === undefined) return undefined;
        words.push(word);
      }
      return words;
    });
  }
}

/** What a server's reply looks like to its client. */
export type Value =
  | { readonly kind: 'status' | 'error' | 'string'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'nil' }
  | { readonly kind: 'array'; readonly items: readonly Value[] };

export class ReplyReader extends Incoming {
  /** The next complete reply. Throws ProtocolError. */
  next(): Value | undefined {
    return this.whole(() => this.value());
  }

  private value(): Value | undefined {
    const line = this.line();
    if (line === undefined) return undefined;
    const rest = line.slice(1);
    switch (line[0]) {
      case '+':
        return { kind: 'status', text: rest };
      case '-':
        return { kind: 'error', text: rest };
      case ':':
        return { kind: 'integer', value: Number(rest) };
      case '$': {
        if (rest === '-1') return { kind: 'nil' };
        const text = this.bulk(Number(rest));
        return text === undefined ? undefined : { kind: 'string', text };
      }
      case '*':
        return rest === '-1' ? { kind: 'nil' } : this.array(Number(rest));
      default:
        throw new ProtocolError(`Protocol error, got "${line[0] ?? '\\n'}" as reply type byte`);
    }
  }

  private array(count: number): Value | undefined {
    const items: Value[] = [];
    for (let i = 0; i < count; i++) {
      const item = this.value();
      if (!item) return undefined;
      items.push(item);
    }
    return { kind: 'array', items };
  }
}

/** Words of an inline command or of redis-cli's prompt, with quotes and escapes. Throws ProtocolError when they are unbalanced. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|'((?:[^'\\]|\\.)*)'(?=\s|$)|([^\s"']\S*))/sy;
  const text = line.trim();
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) throw new ProtocolError('unbalanced quotes in request');
    const [, double, single, bare] = match;
    words.push(double === undefined ? (single?.replace(/\\'/g, "'") ?? (bare as string)) : unescaped(double));
  }
  return words;
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

const unescaped = (text: string): string =>
  text.replace(/\\x([0-9a-fA-F]{2})|\\(.)/gs, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** A value in double quotes as redis-cli shows it. */
export function quoted(text: string): string {
  let out = '"';
  for (const char of text) {
    const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x07': '\\a', '\b': '\\b', '"': '\\"', '\\': '\\\\' }[char];
    const code = char.charCodeAt(0);
    out += named ?? (code < 32 || code > 126 ? `\\x${code.toString(16).padStart(2, '0')}` : char);
  }
  return `${out}"`;
}
