/**
 * Reading YAML 1.1 the way kubectl does (sigs.k8s.io/yaml): documents to JSON values, go-yaml's meaning of plain scalars and its error words.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import type { Json } from './json.ts';
import { resolvePlain } from './yaml-resolve.ts';

/** `yaml: line 5: did not find expected node content` */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

export interface Parsed {
  readonly value: Json;
  /** Keys that stood twice in a mapping. */
  readonly duplicates: readonly string[];
}

/** The texts between the `---` lines. A text of only blanks and comments counts too: it is an empty document. */
export function splitDocuments(source: string): readonly string[] {
  const documents: string[] = [];
  let current: string[] = [];
  for (const line of source.split('\n')) {
    if (/^---(\s.*)?$/.test(line)) {
      documents.push(current.join('\n'));
      const rest = line.slice(3).trim();
      current = rest === '' || rest.startsWith('#') ? [] : [rest];
    } else current.push(line);
  }
  documents.push(current.join('\n'));
  return documents;
}

/** One document. Throws YamlError. */
export function parseYaml(source: string): Parsed {
  if (flowDepth(source) > MAX_PARSER_DEPTH) throw new YamlError(`yaml: exceeded max depth of ${MAX_DEPTH}`);
  const documents = parseAllDocuments(source, {
    version: '1.1',
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    keepSourceTokens: false,
  });
  const document = (Array.isArray(documents) ? documents[0] : undefined) as Document.Parsed | undefined;
  if (!document) return { value: null, duplicates: [] };
  const problem = tabProblem(source) ?? errorText(source, document.errors[0]);
  if (problem) throw new YamlError(`yaml: ${problem}`);
  const reader = new Reader(document);
  return { value: reader.read(document.contents as ParsedNode | null), duplicates: reader.duplicates };
}

/** go-yaml's bounds, with its words. @upstream go.yaml.in/yaml/v2 decode.go allowedAliasRatio, parserc.go max_flow_level */
const FEW = 400_000;
const MANY = 4_000_000;
const MAX_DEPTH = 10_000;
/** Where this side's parser would run out of stack: go-yaml's own limit lies higher. */
const MAX_PARSER_DEPTH = 1500;

/** How much of what is decoded may come out of aliases: all but one in a hundred, and less the more there is. */
const allowedAliasRatio = (decoded: number): number =>
  decoded <= FEW ? 0.99 : decoded >= MANY ? 0.1 : 0.99 - 0.89 * ((decoded - FEW) / (MANY - FEW));

/** Turns a document's nodes into JSON. */
class Reader {
  readonly duplicates: string[] = [];
  private decoded = 0;
  private aliased = 0;
  private readonly open = new Set<ParsedNode>();
  private readonly targets = new Map<object, ParsedNode | null>();

  constructor(private readonly document: Document) {}

  read(node: ParsedNode | null): Json {
    this.count();
    if (node === null) return null;
    if (isAlias(node)) return this.alias(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item as ParsedNode | null));
    if (isMap(node)) {
      const out: { [key: string]: Json } = {};
      for (const pair of node.items) {
        this.count();
        const key = keyText(pair.key as ParsedNode | null);
        const value = this.read(pair.value as ParsedNode | null);
        if (key === '<<') merge(out, value);
        else {
          if (Object.hasOwn(out, key)) this.duplicates.push(key);
          put(out, key, value);
        }
      }
      return out;
    }
    return isScalar(node)
      ? scalar(node as unknown as { value: unknown; type?: string; source?: string; tag?: string })
      : null;
  }

  private alias(node: Extract<ParsedNode, { source: string; resolve: unknown }>): Json {
    let target = this.targets.get(node);
    if (target === undefined) {
      target = (node.resolve(this.document as never) ?? null) as ParsedNode | null;
      this.targets.set(node, target);
    }
    if (target === null) return null;
    if (this.open.has(target)) throw new YamlError(`yaml: anchor '${node.source}' value contains itself`);
    this.open.add(target);
    const value = this.read(target);
    this.open.delete(target);
    return value;
  }

  private count(): void {
    this.decoded++;
    if (this.open.size > 0) this.aliased++;
    if (this.aliased > 100 && this.decoded > 1000 && this.aliased / this.decoded > allowedAliasRatio(this.decoded))
      throw new YamlError('yaml: document contains excessive aliasing');
  }
}

/** Also a key that objects of this language know already is a key like any other. */
function put(target: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else target[key] = value;
}

function merge(target: { [key: string]: Json }, value: Json): void {
  for (const source of Array.isArray(value) ? value : [value]) {
    if (typeof source !== 'object' || source === null) continue;
    for (const [key, child] of Object.entries(source)) if (!Object.hasOwn(target, key)) put(target, key, child as Json);
  }
}

/** How deep brackets nest, at most; those in quoted texts count too, which is no harm. */
function flowDepth(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if ((code === 93 || code === 125) && depth > 0) depth--;
  }
  return deepest;
}

function scalar(node: { value: unknown; type?: string; source?: string; tag?: string }): Json {
  const source = node.source ?? '';
  if (node.type !== 'PLAIN' && node.type !== undefined) return String(node.value ?? '');
  if (node.tag?.endsWith(':str')) return source;
  if (node.source === undefined) return node.value === undefined ? null : (node.value as Json);
  const resolved = resolvePlain(source);
  if ('string' in resolved) return resolved.string;
  return 'value' in resolved ? resolved.value : source;
}

function keyText(node: ParsedNode | null): string {
  if (node === null) return 'null';
  const plain = node as { readonly type?: string; readonly source?: string };
  if (plain.type === 'PLAIN' && plain.source === '<<') return '<<';
  const value = isScalar(node) ? scalar(node as unknown as { value: unknown; type?: string; source?: string }) : '';
  return String(value);
}

/** A tab where indentation is expected: go-yaml's scanner stops there. */
function tabProblem(source: string): string | undefined {
  const lines = source.split('\n');
  let block = -1;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (block >= 0 && (line.trim() === '' || indent > block)) continue;
    block = -1;
    if (/^ *\t+[^\s#]/.test(line) && !/[[{,]\s*$/.test(lines[i - 1] ?? ''))
      return `line ${i + 1}: found character that cannot start any token`;
    if (/(^|[\s:-])[|>][-+0-9]*\s*(#.*)?$/.test(line)) block = indent;
  }
  return undefined;
}

/** Go's words for what the parser of this side found; the place is the line go-yaml would name. */
function errorText(source: string, error: YAMLError | undefined): string | undefined {
  if (!error) return undefined;
  const lineOf = (offset: number) => source.slice(0, offset).split('\n').length;
  const line = lineOf(error.pos[0]);
  const at = (n: number, words: string) => (n > 0 ? `line ${n}: ${words}` : words);
  switch (error.code) {
    case 'BAD_INDENT':
      if (/flow/i.test(error.message)) return at(lastContentLine(source), 'did not find expected node content');
      return at(line - 1, 'did not find expected key');
    case 'BAD_COLLECTION_TYPE':
      return at(line - 1, 'did not find expected key');
    case 'MISSING_CHAR':
      if (/flow|\]|\}/i.test(error.message)) return at(lastContentLine(source), 'did not find expected node content');
      if (/quote/.test(error.message)) return at(lineOf(source.length), 'found unexpected end of stream');
      return at(line, "could not find expected ':'");
    case 'TAB_AS_INDENT':
      return at(line, 'found character that cannot start any token');
    case 'UNEXPECTED_TOKEN':
      return at(Math.max(line - 1, 1), 'did not find expected node content');
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return at(line, 'mapping values are not allowed in this context');
    case 'BAD_ALIAS':
      return `unknown anchor '${/[^\s"']+$/.exec(error.message)?.[0] ?? ''}' referenced`;
    case 'TAG_RESOLVE_FAILED':
      return undefined;
    default:
      return at(line, 'did not find expected node content');
  }
}

const lastContentLine = (source: string): number => source.trimEnd().split('\n').length;
