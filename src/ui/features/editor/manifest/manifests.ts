/** The Kubernetes objects in a YAML file, and where each of their fields stands in the text. */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type Tags,
  visit,
} from 'yaml';
import { type FieldPath, type PathStep, parseFieldPath } from './field-path.ts';

/** Lines and columns from 1; the end is exclusive. */
export interface TextRange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** From and to, in characters. */
type Span = readonly [number, number];

export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: { readonly [key: string]: string };
  };
  readonly [field: string]: unknown;
}

export interface Manifest {
  /** Its place among the objects of the file, from 0. */
  readonly index: number;
  readonly object: ManifestObject;
  /** Where the object's own path starts in its document: `items[2]` of a List. */
  readonly root: FieldPath;
  /** Where a field stands, or its nearest parent that does. */
  rangeOf(path: FieldPath | string): TextRange;
  /** The value of a field; undefined when it is not written. */
  spanOf(path: FieldPath): Span | undefined;
}

interface SyntaxProblem {
  readonly message: string;
  readonly range: TextRange;
}

export interface ParsedFile {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly SyntaxProblem[];
}

const foreign = /:(timestamp|binary|omap|pairs|set)$/;
/** Go's reader leaves times and bytes to the type they are read into, and knows no sexagesimal numbers. */
const goTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) => typeof tag === 'string' || !(foreign.test(tag.tag) || ('format' in tag && tag.format === 'TIME')),
  );

/** Characters of a text that the page reads: beyond, reading would hold it up for seconds. A server takes no request beyond 3 MB. */
export const MAX_TEXT = 1_000_000;
/** Nobody reads more, and hostile texts have thousands. */
const MAX_PROBLEMS = 100;

export function parseManifests(text: string): ParsedFile {
  if (text.length > MAX_TEXT) {
    const size = Math.round(text.length / 1000);
    const range = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 };
    return { manifests: [], problems: [{ message: `too large: ${size} kB, at most ${MAX_TEXT / 1000}`, range }] };
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: goTags,
    lineCounter: lines,
    prettyErrors: false,
    // The library compares every key with every other: a minute for a map of 100,000.
    uniqueKeys: false,
  }) as Document[];
  const manifests: Manifest[] = [];
  const problems: SyntaxProblem[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const error of document.errors) {
      if (problems.length === MAX_PROBLEMS) break;
      problems.push({ message: spoken(error.message), range: toRange(lines, [error.pos[0], error.pos[1]]) });
    }
    if (document.errors.length === 0 && areKeysUnique(document, lines, problems))
      readDocument(document, lines, manifests, problems);
  }
  return { manifests, problems };
}

/** The engine's own word for a text nested too deeply says nothing to who wrote it; this is what Go's reader says. */
const spoken = (message: string): string =>
  message.startsWith('Maximum call stack') ? 'exceeded max depth: nested too deeply' : message;

function areKeysUnique(document: Document, lines: LineCounter, problems: SyntaxProblem[]): boolean {
  const before = problems.length;
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && key.value !== '<<' && problems.length < MAX_PROBLEMS)
          problems.push({ message: 'Map keys must be unique', range: toRange(lines, spanOfNode(key) ?? [0, 0]) });
        seen.add(key.value);
      }
    },
  });
  return problems.length === before;
}

function readDocument(document: Document, lines: LineCounter, manifests: Manifest[], problems: SyntaxProblem[]): void {
  const span: Span = [document.contents?.range?.[0] ?? 0, document.contents?.range?.[1] ?? 0];
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    problems.push({ message: error instanceof Error ? error.message : String(error), range: toRange(lines, span) });
    return;
  }
  if (value === null || value === undefined) return;
  const locate = { document, lines };
  if (isList(value)) {
    for (const [index, item] of value.items.entries()) {
      if (isObject(item)) manifests.push(manifestOf(locate, manifests.length, item, ['items', index]));
    }
  } else if (isObject(value)) manifests.push(manifestOf(locate, manifests.length, value, []));
  else
    problems.push({
      message: 'Object \'Kind\' is missing: a manifest needs "apiVersion" and "kind"',
      range: toRange(lines, span),
    });
}

interface Located {
  readonly document: Document;
  readonly lines: LineCounter;
}

function manifestOf({ document, lines }: Located, index: number, object: ManifestObject, root: FieldPath): Manifest {
  return {
    index,
    object: { ...object, metadata: isRecord(object.metadata) ? object.metadata : {} },
    root,
    rangeOf: (path) =>
      toRange(lines, nearest(document, [...root, ...(typeof path === 'string' ? parseFieldPath(path) : path)])),
    spanOf: (path) => valueSpan(document, [...root, ...path]),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isObject = (value: unknown): value is ManifestObject =>
  isRecord(value) && typeof value.apiVersion === 'string' && typeof value.kind === 'string';
const isList = (value: unknown): value is { readonly items: readonly unknown[] } =>
  isObject(value) && value.kind === 'List' && Array.isArray(value.items);

const keyText = (pair: Pair): string => String(isScalar(pair.key) ? (pair.key.source ?? pair.key.value) : pair.key);

/** The pair or the item that a step leads to. */
function step(node: unknown, to: PathStep): { readonly key?: unknown; readonly value: unknown } | undefined {
  if (isMap(node) && typeof to !== 'object') {
    const pair = node.items.find((one) => keyText(one as Pair) === String(to)) as Pair | undefined;
    return pair && { key: pair.key, value: pair.value };
  }
  if (!isSeq(node)) return undefined;
  if (typeof to === 'number') return to < node.items.length ? { value: node.items[to] } : undefined;
  if (typeof to === 'string') {
    const value = node.items.find((item) => isScalar(item) && String(item.value) === to);
    return value === undefined ? undefined : { value };
  }
  const wanted = Object.entries(to);
  const value = node.items.find(
    (item) => isMap(item) && wanted.every(([field, text]) => String(item.get(field) ?? text) === String(text)),
  );
  return value === undefined ? undefined : { value };
}

const spanOfNode = (node: unknown): Span | undefined => {
  const range = (node as { readonly range?: readonly [number, number, number] } | null)?.range;
  return range ? [range[0], range[1]] : undefined;
};

/** What to underline: a scalar with its key, else the key alone, else the nearest parent. */
function nearest(document: Document, path: FieldPath): Span {
  let node: unknown = document.contents;
  let found = firstKey(node) ?? ([0, 0] as const);
  for (const to of path) {
    const next = step(node, to);
    if (!next) break;
    const [key, value] = [spanOfNode(next.key), spanOfNode(next.value)];
    if (key && value && isScalar(next.value)) found = [key[0], Math.max(key[1], value[1])];
    else found = key ?? (isScalar(next.value) ? value : firstKey(next.value)) ?? value ?? found;
    node = next.value;
  }
  return found;
}

function firstKey(node: unknown): Span | undefined {
  return isMap(node) && node.items[0] ? spanOfNode((node.items[0] as Pair).key) : spanOfNode(node);
}

function valueSpan(document: Document, path: FieldPath): Span | undefined {
  let node: unknown = document.contents;
  for (const to of path) {
    const next = step(node, to);
    if (!next) return undefined;
    node = next.value;
  }
  return spanOfNode(node);
}

function toRange(lines: LineCounter, [from, to]: Span): TextRange {
  const start = lines.linePos(from);
  const end = lines.linePos(Math.max(to, from + 1));
  return {
    startLine: Math.max(start.line, 1),
    startColumn: Math.max(start.col, 1),
    endLine: Math.max(end.line, 1),
    endColumn: Math.max(end.col, 2),
  };
}
