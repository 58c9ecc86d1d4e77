/**
 * Reads YAML as upstream does on its way to JSON: YAML 1.1, the first document, Go's complaints.
 * @upstream vendor/sigs.k8s.io/yaml/yaml.go
 */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type Tags,
  type YAMLParseError,
} from 'yaml';
import { compareText } from '../json-value.ts';
import { type ParsedYaml, YamlSyntaxError } from '../yaml-syntax.ts';

/** Go's reader knows no sexagesimal numbers, and leaves times and bytes to the type they are read into. */
const foreign: ReadonlySet<string> = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
]);
const goTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) => typeof tag === 'string' || !(foreign.has(tag.tag) || ('format' in tag && tag.format === 'TIME')),
  );

const goMessages: { readonly [code: string]: string } = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_INDENT: 'did not find expected key',
  MISSING_CHAR: "could not find expected ':'",
  UNEXPECTED_TOKEN: 'did not find expected node content',
  BAD_ALIAS: 'unknown anchor referenced',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
};

function goError(error: YAMLParseError): YamlSyntaxError {
  const message = goMessages[error.code] ?? 'did not find expected key';
  const line = error.linePos?.[0].line ?? 1;
  return new YamlSyntaxError(`yaml: ${line > 1 ? `line ${line}: ` : ''}${message}`);
}

function findDuplicates(node: unknown, lines: LineCounter, found: string[]): void {
  if (isSeq(node)) for (const item of node.items) findDuplicates(item, lines, found);
  if (!isMap(node)) return;
  const seen = new Set<unknown>();
  for (const { key, value } of node.items) {
    if (isScalar(key)) {
      const line = lines.linePos(key.range?.[0] ?? 0).line;
      if (seen.has(key.value)) found.push(`line ${line}: key ${JSON.stringify(String(key.value))} already set in map`);
      seen.add(key.value);
    }
    findDuplicates(value, lines, found);
  }
}

/** Numbers beyond a double's range, sets and maps with odd keys become what JSON can say. */
const options = { version: '1.1', merge: true, uniqueKeys: false, customTags: goTags, stringKeys: false } as const;

/** Upstream's detour through a Go map sorts the keys. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as { readonly [key: string]: unknown };
  return Object.fromEntries(
    Object.keys(object)
      .sort(compareText)
      .map((key) => [key, sortKeys(object[key])]),
  );
}

/** Throws for an alias without its anchor, and for those that would unfold into too much. */
function plainValue(document: Document<ParsedNode>): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const anchor = /: (.*)$/.exec(error.message)?.[1] ?? '';
    const excessive = error.message.startsWith('Excessive');
    throw new YamlSyntaxError(
      excessive ? 'yaml: document contains excessive aliasing' : `yaml: unknown anchor '${anchor}' referenced`,
    );
  }
}

/** Every document of the text; throws YamlSyntaxError with Go's words. */
export function parseYamlDocuments(text: string): readonly ParsedYaml[] {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { ...options, lineCounter });
  const documents: readonly Document<ParsedNode>[] = Array.isArray(parsed) ? parsed : [];
  return documents.map((document) => {
    const fault = document.errors[0];
    if (fault) throw goError(fault);
    const duplicates: string[] = [];
    findDuplicates(document.contents, lineCounter, duplicates);
    return { value: sortKeys(plainValue(document)), duplicates };
  });
}

/** The first document; null when there is none. */
export const parseYaml = (text: string): ParsedYaml => parseYamlDocuments(text)[0] ?? { value: null, duplicates: [] };
