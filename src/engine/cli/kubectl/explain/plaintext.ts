/**
 * explain --output=plaintext, from OpenAPI v3.
 * @upstream staging/src/k8s.io/kubectl/pkg/explain/v2/templates/plaintext.tmpl
 */
import { compareText } from '#engine/apimachinery';
import { CommandError } from '../errors.ts';
import { isArray, isObject, type JsonObject, text } from '../text/json.ts';
import { indentLines, wordWrap } from '../text/word-wrap.ts';
import { enumOf, type SchemaDocument, shortName } from './schema.ts';

export interface Explained {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly path: readonly string[];
  readonly recursive: boolean;
}

const WIDTH = 76;
const LIST_ENUMS = 4;

const shown = (value: string): string => (value === '' ? '""' : value);

export function explainPlaintext(document: SchemaDocument, explained: Explained): string {
  const root = document.byKind(explained.group, explained.version, explained.kind);
  if (!root)
    throw new CommandError(
      `couldn't find resource for "${explained.group ? `${explained.group}/` : '/'}${explained.version}, Kind=${explained.kind}"`,
    );
  const head = `${explained.group ? `GROUP:      ${explained.group}\n` : ''}KIND:       ${explained.kind}\nVERSION:    ${explained.version}\n\n`;
  let schema = root;
  for (const name of explained.path) {
    const next = document.properties(schema)[name];
    if (!isObject(next)) throw new CommandError(`field ${JSON.stringify(name)} does not exist`);
    schema = next;
  }
  const field = explained.path.at(-1);
  const title =
    field === undefined ? '' : `FIELD: ${field} <${typeName(document, schema)}>\n${longEnum(document, schema)}\n\n`;
  const description = indentLines(wordWrap(fullDescription(document, schema) || '<empty>', WIDTH), 4);
  const list = fieldList(document, schema, 1, explained.recursive, []);
  return `${head}${title}DESCRIPTION:\n${description}\n${list === '' ? '' : `FIELDS:\n${list}`}\n`;
}

/** The description of the field, then that of its type. */
function fullDescription(document: SchemaDocument, schema: JsonObject): string {
  const own = text(schema, 'description');
  const inner = isObject(schema.items)
    ? schema.items
    : isObject(schema.additionalProperties)
      ? schema.additionalProperties
      : undefined;
  const name = document.refOf(schema);
  const rest =
    name !== undefined
      ? fullDescription(document, document.resolve(schema))
      : inner
        ? fullDescription(document, inner)
        : '';
  return (own === '' ? '' : `${own}\n`) + rest;
}

function typeName(document: SchemaDocument, schema: JsonObject): string {
  const name = document.refOf(schema);
  if (name !== undefined) {
    const type = text(document.resolve(schema), 'type');
    return type !== '' && type !== 'object' ? type : shortName(name);
  }
  if (isObject(schema.items)) return `[]${typeName(document, schema.items)}`;
  if (isObject(schema.additionalProperties)) return `map[string]${typeName(document, schema.additionalProperties)}`;
  const type = text(schema, 'type');
  return type === 'object' || type === '' ? 'Object' : type;
}

function longEnum(document: SchemaDocument, schema: JsonObject): string {
  const values = enumOf(schema).length > 0 ? enumOf(schema) : enumOf(document.resolve(schema));
  return values.length === 0 ? '' : `ENUM:\n${values.map((value) => `    ${shown(value)}`).join('\n')}`;
}

function fieldList(
  document: SchemaDocument,
  schema: JsonObject,
  level: number,
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
    const pad = '  '.repeat(level);
    out += `${pad}${name}\t<${typeName(document, field)}>${required.includes(name) ? ' -required-' : ''}\n`;
    const values = enumOf(field);
    if (values.length > 0)
      out += `${pad}enum: ${values.slice(0, LIST_ENUMS).map(shown).join(', ')}${values.length > LIST_ENUMS ? ', ....' : ''}\n`;
    if (!recursive) {
      const description =
        text(field, 'description') || text(document.resolve(field), 'description') || '<no description>';
      out += `${indentLines(wordWrap(description, WIDTH - 2 * (level - 1)), 2 * level + 2)}\n\n`;
      continue;
    }
    const type = elementRef(document, field);
    if (type === undefined || !history.includes(type))
      out += fieldList(document, field, level + 1, true, type === undefined ? history : [...history, type]);
  }
  return out;
}

/** The named type behind lists and maps. */
export function elementRef(document: SchemaDocument, schema: JsonObject): string | undefined {
  const name = document.refOf(schema);
  if (name !== undefined) return name;
  const inner = isObject(schema.items)
    ? schema.items
    : isObject(schema.additionalProperties)
      ? schema.additionalProperties
      : undefined;
  return inner ? elementRef(document, inner) : undefined;
}
