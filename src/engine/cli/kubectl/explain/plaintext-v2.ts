/**
 * explain --output=plaintext-openapiv2.
 * @upstream staging/src/k8s.io/kubectl/pkg/explain
 */
import { compareText } from '#engine/apimachinery';
import { CommandError } from '../errors.ts';
import { isArray, isObject, type JsonObject, text } from '../text/json.ts';
import { type Explained, elementRef } from './plaintext.ts';
import type { SchemaDocument } from './schema.ts';

const WIDTH = 80;

export function explainPlaintextV2(document: SchemaDocument, explained: Explained): string {
  const root = document.byKind(explained.group, explained.version, explained.kind);
  if (!root)
    throw new CommandError(
      `couldn't find resource for "${explained.group ? `${explained.group}/` : '/'}${explained.version}, Kind=${explained.kind}"`,
    );
  const version = explained.group ? `${explained.group}/${explained.version}` : explained.version;
  let out = `KIND:     ${explained.kind}\nVERSION:  ${version}\n\n`;
  let schema = root;
  for (const name of explained.path) {
    const next = document.properties(schema)[name];
    if (!isObject(next)) throw new CommandError(`field ${JSON.stringify(name)} does not exist`);
    schema = next;
  }
  const properties = document.properties(schema);
  const compound = Object.keys(properties).length > 0;
  const field = explained.path.at(-1);
  if (field !== undefined)
    out += `${compound ? 'RESOURCE:' : 'FIELD:   '} ${field} <${typeNameV2(document, schema)}>\n\n`;
  out += `DESCRIPTION:\n${descriptions(document, schema)}`;
  if (compound) out += `\nFIELDS:\n${fields(document, schema, 3, explained.recursive, [])}`;
  return out;
}

function descriptions(document: SchemaDocument, schema: JsonObject): string {
  const seen: string[] = [];
  const visit = (one: JsonObject): void => {
    const own = text(one, 'description');
    if (own !== '') seen.push(own);
    if (document.refOf(one) !== undefined) visit(document.resolve(one));
    else if (isObject(one.items)) visit(one.items);
    else if (isObject(one.additionalProperties)) visit(one.additionalProperties);
  };
  visit(schema);
  if (seen.length === 0) return paragraphs('<empty>', 5);
  return seen.map((one) => paragraphs(one, 5)).join('\n');
}

function typeNameV2(document: SchemaDocument, schema: JsonObject): string {
  if (document.refOf(schema) !== undefined) return typeNameV2(document, document.resolve(schema));
  if (isObject(schema.items)) return `[]${typeNameV2(document, schema.items)}`;
  if (isObject(schema.additionalProperties)) return `map[string]${typeNameV2(document, schema.additionalProperties)}`;
  const type = text(schema, 'type');
  return type === 'object' || type === '' ? 'Object' : type;
}

/** Words filled into lines; lines that begin with a space or a dash start anew. */
function paragraphs(source: string, indent: number): string {
  const out: string[] = [];
  let current = '';
  const flush = () => {
    if (current !== '') out.push(current);
    current = '';
  };
  for (const line of source.split('\n')) {
    const trimmed = line.trimEnd();
    if (trimmed === '' || /^[ \t-]/.test(line)) flush();
    if (trimmed === '') {
      out.push('');
      continue;
    }
    for (const word of trimmed.split(' ')) {
      if (current !== '' && indent + current.length + 1 + word.length > WIDTH) {
        flush();
        current = word;
      } else current = current === '' ? word : `${current} ${word}`;
    }
  }
  flush();
  return out.map((line) => `${line === '' ? '' : ' '.repeat(indent)}${line.trimStart()}\n`).join('');
}

function fields(
  document: SchemaDocument,
  schema: JsonObject,
  indent: number,
  recursive: boolean,
  history: readonly string[],
): string {
  const element = document.element(schema);
  const required = isArray(element.required) ? element.required : [];
  const properties = document.properties(schema);
  let out = '';
  for (const name of Object.keys(properties).sort(compareText)) {
    const field = properties[name];
    if (!isObject(field)) continue;
    out += `${' '.repeat(indent)}${name}\t<${typeNameV2(document, field)}>${required.includes(name) ? ' -required-' : ''}\n`;
    if (recursive) {
      const type = elementRef(document, field);
      if (type === undefined || !history.includes(type))
        out += fields(document, field, indent + 3, true, type ? [...history, type] : history);
    } else out += `${paragraphs(text(field, 'description') || '<no description>', indent + 2)}\n`;
  }
  return out;
}
