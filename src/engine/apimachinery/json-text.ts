/**
 * Reads JSON text as Go's scanner does: the same complaints, and every field that appears twice in one object.
 * Only bodies of outside clients come as text, so clarity wins over speed here.
 * @upstream vendor/sigs.k8s.io/json/internal/golang/encoding/json/scanner.go
 */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** A number no double can hold; whoever wants a number of it complains with its text. */
export class HugeNumber {
  constructor(readonly text: string) {}
}

export interface ParsedJson {
  readonly value: unknown;
  /** For each object with repeated fields: their names. The last value won. */
  readonly duplicates: ReadonlyMap<object, readonly string[]>;
}

const quoteChar = (c: string) => (c === "'" ? "'\\''" : c === '"' ? "'\"'" : `'${JSON.stringify(c).slice(1, -1)}'`);
const escapes: { readonly [c: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const isDigit = (c: string | undefined) => c !== undefined && c >= '0' && c <= '9';

class JsonReader {
  #at = 0;
  readonly duplicates = new Map<object, string[]>();

  constructor(readonly text: string) {}

  #fail(context: string): never {
    const c = this.text[this.#at];
    throw new JsonSyntaxError(
      c === undefined ? 'unexpected end of JSON input' : `invalid character ${quoteChar(c)} ${context}`,
    );
  }

  #space(): void {
    while (this.#at < this.text.length && ' \t\r\n'.includes(this.text[this.#at] as string)) this.#at++;
  }

  document(): unknown {
    const value = this.#value();
    this.#space();
    if (this.#at < this.text.length) this.#fail('after top-level value');
    return value;
  }

  #value(): unknown {
    this.#space();
    const c = this.text[this.#at];
    if (c === '{') return this.#object();
    if (c === '[') return this.#array();
    if (c === '"') return this.#string();
    if (c === '-' || isDigit(c)) return this.#number();
    if (c === 't') return this.#literal('true', true);
    if (c === 'f') return this.#literal('false', false);
    if (c === 'n') return this.#literal('null', null);
    return this.#fail('looking for beginning of value');
  }

  #literal<T>(word: string, value: T): T {
    for (const expected of word) {
      if (this.text[this.#at] !== expected) this.#fail(`in literal ${word} (expecting ${quoteChar(expected)})`);
      this.#at++;
    }
    return value;
  }

  #object(): object {
    const object: { [key: string]: unknown } = {};
    this.#at++;
    this.#space();
    if (this.text[this.#at] === '}') {
      this.#at++;
      return object;
    }
    for (;;) {
      this.#space();
      if (this.text[this.#at] !== '"') this.#fail('looking for beginning of object key string');
      const key = this.#string();
      this.#space();
      if (this.text[this.#at] !== ':') this.#fail('after object key');
      this.#at++;
      const value = this.#value();
      if (Object.hasOwn(object, key)) this.duplicates.set(object, [...(this.duplicates.get(object) ?? []), key]);
      Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
      this.#space();
      const next = this.text[this.#at];
      if (next !== ',' && next !== '}') this.#fail('after object key:value pair');
      this.#at++;
      if (next === '}') return object;
    }
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    this.#at++;
    this.#space();
    if (this.text[this.#at] === ']') {
      this.#at++;
      return array;
    }
    for (;;) {
      array.push(this.#value());
      this.#space();
      const next = this.text[this.#at];
      if (next !== ',' && next !== ']') this.#fail('after array element');
      this.#at++;
      if (next === ']') return array;
    }
  }

  #string(): string {
    this.#at++;
    let result = '';
    for (;;) {
      const start = this.#at;
      while (
        this.#at < this.text.length &&
        this.text[this.#at] !== '"' &&
        this.text[this.#at] !== '\\' &&
        this.text.charCodeAt(this.#at) >= 32
      ) {
        this.#at++;
      }
      result += this.text.slice(start, this.#at);
      const c = this.text[this.#at];
      if (c === '"') {
        this.#at++;
        return result;
      }
      if (c !== '\\') this.#fail('in string literal');
      this.#at++;
      result += this.#escape();
    }
  }

  #escape(): string {
    const c = this.text[this.#at];
    const plain = c === undefined ? undefined : escapes[c];
    if (plain !== undefined) {
      this.#at++;
      return plain;
    }
    if (c !== 'u') this.#fail('in string escape code');
    this.#at++;
    const start = this.#at;
    while (this.#at < start + 4) {
      if (!/[0-9a-fA-F]/.test(this.text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
      this.#at++;
    }
    return String.fromCharCode(Number.parseInt(this.text.slice(start, this.#at), 16));
  }

  #number(): number | HugeNumber {
    const start = this.#at;
    if (this.text[this.#at] === '-') this.#at++;
    if (!isDigit(this.text[this.#at])) this.#fail('in numeric literal');
    if (this.text[this.#at] === '0') this.#at++;
    else this.#digits();
    if (this.text[this.#at] === '.') {
      this.#at++;
      if (!isDigit(this.text[this.#at])) this.#fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (this.text[this.#at] === 'e' || this.text[this.#at] === 'E') {
      this.#at++;
      if (this.text[this.#at] === '+' || this.text[this.#at] === '-') this.#at++;
      if (!isDigit(this.text[this.#at])) this.#fail('in exponent of numeric literal');
      this.#digits();
    }
    const text = this.text.slice(start, this.#at);
    const value = Number(text);
    return Number.isFinite(value) ? value : new HugeNumber(text);
  }

  #digits(): void {
    while (isDigit(this.text[this.#at])) this.#at++;
  }
}

/** Throws JsonSyntaxError with Go's words. */
export function parseJson(text: string): ParsedJson {
  const reader = new JsonReader(text);
  return { value: reader.document(), duplicates: reader.duplicates };
}
