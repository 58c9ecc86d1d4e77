/**
 * YAML as sigs.k8s.io/yaml prints it: sorted keys, sequences not indented, plain scalars where they mean the same string,
 * lines folded after column 80.
 * @upstream sigs.k8s.io/yaml/goyaml.v2/{encode.go,emitterc.go}
 */
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { resolvesToString } from './yaml-resolve.ts';
import { analyzeScalar, type ScalarAnalysis } from './yaml-scalar.ts';

const BEST_WIDTH = 80;

/** The document of a value, ending with a newline. */
export function toYaml(value: Json): string {
  const emitter = new Emitter();
  emitter.node(value, -1, 'root');
  return emitter.text();
}

type Place = 'root' | 'value' | 'item';

class Emitter {
  private out = '';
  private column = 0;

  text(): string {
    return this.out.endsWith('\n') ? this.out : `${this.out}\n`;
  }

  /** @param indent of the collection this node is in; -1 at the root */
  node(value: Json, indent: number, place: Place): void {
    if (isArray(value)) this.sequence(value, indent, place);
    else if (isObject(value)) this.mapping(value, indent, place);
    else {
      if (place === 'value') this.put(' ');
      this.scalar(value, Math.max(indent, 0) + (place === 'root' ? 0 : 2), false);
      this.newline();
    }
  }

  private sequence(items: readonly Json[], indent: number, place: Place): void {
    if (items.length === 0) {
      if (place === 'value') this.put(' ');
      this.put('[]');
      this.newline();
      return;
    }
    const own = place === 'root' ? 0 : place === 'item' ? indent + 2 : indent;
    if (place === 'value') this.newline();
    items.forEach((item, index) => {
      if (!(place === 'item' && index === 0)) this.put(' '.repeat(own));
      this.put('- ');
      this.node(item, own, 'item');
    });
  }

  private mapping(value: JsonObject, indent: number, place: Place): void {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    if (keys.length === 0) {
      if (place === 'value') this.put(' ');
      this.put('{}');
      this.newline();
      return;
    }
    const own = place === 'root' ? 0 : indent + 2;
    if (place === 'value') this.newline();
    keys.sort(compareKeys).forEach((key, index) => {
      if (!(place === 'item' && index === 0)) this.put(' '.repeat(own));
      const simple = key.length <= 128 && !key.includes('\n');
      if (!simple) this.put('? ');
      this.scalar(key, own + 2, simple);
      if (!simple) {
        this.newline();
        this.put(' '.repeat(own));
      }
      this.put(':');
      this.node(value[key] as Json, own, 'value');
    });
  }

  private put(text: string): void {
    this.out += text;
    this.column += text.length;
  }

  private newline(): void {
    if (this.out.endsWith('\n') && this.column === 0) return;
    this.out += '\n';
    this.column = 0;
  }

  private scalar(value: string | number | boolean | null, indent: number, simpleKey: boolean): void {
    if (typeof value !== 'string') {
      this.put(value === null ? 'null' : printNumber(value));
      return;
    }
    const analysis = analyzeScalar(value);
    const plain = resolvesToString(value);
    if (value.includes('\n')) {
      if (analysis.blockAllowed && !simpleKey) this.literal(value, indent);
      else this.doubleQuoted(value, indent, simpleKey);
    } else if (!plain) this.doubleQuoted(value, indent, simpleKey);
    else this.plainOrQuoted(value, indent, simpleKey, analysis);
  }

  private plainOrQuoted(value: string, indent: number, simpleKey: boolean, analysis: ScalarAnalysis): void {
    if (analysis.blockPlainAllowed && !(value === '' && simpleKey)) {
      this.folding(value, indent, simpleKey, (char) => char);
    } else if (analysis.singleQuotedAllowed) {
      this.put("'");
      this.folding(value, indent, simpleKey, (char) => (char === "'" ? "''" : char), true);
      this.put("'");
    } else this.doubleQuoted(value, indent, simpleKey);
  }

  private folding(
    value: string,
    indent: number,
    simpleKey: boolean,
    write: (char: string) => string,
    quoted = false,
  ): void {
    let spaces = false;
    const chars = [...value];
    chars.forEach((char, i) => {
      if (char !== ' ') {
        this.out += write(char);
        this.column += char === "'" && quoted ? 2 : 1;
        spaces = false;
        return;
      }
      const inside = !quoted || (i > 0 && i < chars.length - 1);
      if (!simpleKey && !spaces && this.column > BEST_WIDTH && inside && chars[i + 1] !== ' ') this.fold(indent);
      else this.put(' ');
      spaces = true;
    });
  }

  private fold(indent: number): void {
    this.out += `\n${' '.repeat(indent)}`;
    this.column = indent;
  }

  private doubleQuoted(value: string, indent: number, simpleKey: boolean): void {
    const chars = [...value];
    let spaces = false;
    this.put('"');
    chars.forEach((char, i) => {
      if (char === ' ') {
        const inside = i > 0 && i < chars.length - 1;
        if (!simpleKey && !spaces && this.column > BEST_WIDTH && inside) {
          this.fold(indent);
          if (chars[i + 1] === ' ') this.put('\\');
        } else this.put(' ');
        spaces = true;
        return;
      }
      this.put(escapeChar(char));
      spaces = false;
    });
    this.put('"');
  }

  private literal(value: string, indent: number): void {
    this.put('|');
    if (value.startsWith(' ') || value.startsWith('\n')) this.put('2');
    if (!value.endsWith('\n')) this.put('-');
    else if (value === '\n' || value.endsWith('\n\n')) this.put('+');
    const body = value.endsWith('\n') ? value.slice(0, -1) : value;
    for (const line of body.split('\n')) {
      this.out += '\n';
      if (line !== '') this.out += ' '.repeat(indent) + line;
    }
    this.column = 1;
  }
}

const NAMED: { readonly [code: number]: string } = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\e',
  34: '\\"',
  92: '\\\\',
  133: '\\N',
  160: '\\_',
  8232: '\\L',
  8233: '\\P',
};

function escapeChar(char: string): string {
  const code = char.codePointAt(0) as number;
  const named = NAMED[code];
  if (named !== undefined) return named;
  if ((code >= 0x20 && code <= 0x7e) || (code > 0xa0 && code < 0xfeff && code !== 0xfffe)) return char;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** Go's shortest float: an exponent from 21 digits on. */
const printNumber = (value: number | boolean): string =>
  typeof value === 'boolean' ? String(value) : String(value).replace(/e([+-])(\d)$/, 'e$10$2');

const isLetter = (char: string) => /\p{L}/u.test(char);
const isDigit = (char: string) => char >= '0' && char <= '9';

/** go-yaml's order of keys: letters before other characters break ties, and numbers inside keys by their value. */
export function compareKeys(a: string, b: string): number {
  const ar = [...a];
  const br = [...b];
  let digits = false;
  for (let i = 0; i < ar.length && i < br.length; i++) {
    const x = ar[i] as string;
    const y = br[i] as string;
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    const xl = isLetter(x);
    const yl = isLetter(y);
    if (xl && yl) return x < y ? -1 : 1;
    if (xl || yl) {
      if (digits) return xl ? -1 : 1;
      return yl ? -1 : 1;
    }
    return compareDigits(ar, br, i);
  }
  return ar.length - br.length;
}

/** @upstream sigs.k8s.io/yaml/goyaml.v2/sorter.go keyList.Less, from the first characters that differ and are no letters */
function compareDigits(ar: readonly string[], br: readonly string[], i: number): number {
  let an = 0;
  let bn = 0;
  if (ar[i] === '0' || br[i] === '0') {
    for (let j = i - 1; j >= 0 && isDigit(ar[j] as string); j--) {
      if (ar[j] !== '0') {
        an = 1;
        bn = 1;
        break;
      }
    }
  }
  let ai = i;
  let bi = i;
  for (; ai < ar.length && isDigit(ar[ai] as string); ai++) an = an * 10 + Number(ar[ai]);
  for (; bi < br.length && isDigit(br[bi] as string); bi++) bn = bn * 10 + Number(br[bi]);
  if (an !== bn) return an < bn ? -1 : 1;
  if (ai !== bi) return ai - bi;
  return (ar[i] as string) < (br[i] as string) ? -1 : 1;
}
