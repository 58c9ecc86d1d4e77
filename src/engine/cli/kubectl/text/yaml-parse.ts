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
  const duplicates: string[] = [];
  return { value: toJson(document.contents as ParsedNode | null, document, duplicates), duplicates };
}

function toJson(node: ParsedNode | null, document: Document, duplicates: string[]): Json {
  if (node === null) return null;
  if (isAlias(node)) return toJson(node.resolve(document as never) as ParsedNode | null, document, duplicates);
  if (isSeq(node)) return node.items.map((item) => toJson(item as ParsedNode | null, document, duplicates));
  if (isMap(node)) {
    const out: { [key: string]: Json } = {};
    for (const pair of node.items) {
      const key = keyText(pair.key as ParsedNode | null);
      const value = toJson(pair.value as ParsedNode | null, document, duplicates);
      if (key === '<<') merge(out, value);
      else {
        if (Object.hasOwn(out, key)) duplicates.push(key);
        out[key] = value;
      }
    }
    return out;
  }
  return isScalar(node)
    ? scalar(node as unknown as { value: unknown; type?: string; source?: string; tag?: string })
    : null;
}

function merge(target: { [key: string]: Json }, value: Json): void {
  for (const source of Array.isArray(value) ? value : [value]) {
    if (typeof source !== 'object' || source === null) continue;
    for (const [key, child] of Object.entries(source)) if (!Object.hasOwn(target, key)) target[key] = child as Json;
  }
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
