/**
 * The formats of -o: which there are, and a printer for each.
 * @upstream staging/src/k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go
 */
import { compareText } from '#engine/apimachinery';
import { CommandError } from '../errors.ts';
import { objectLabel } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { isArray, isObject, type Json, type JsonObject, marshalIndent, sortKeys } from '../text/json.ts';
import { toKyaml } from '../text/kyaml.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { columnsPrinter, parseColumns, readColumnsFile } from './custom-columns.ts';
import { templatePrinter } from './go-template.ts';
import { jsonPathPrinter } from './jsonpath.ts';
import type { ObjectPrinter } from './printer.ts';

const TEMPLATES = [
  'go-template',
  'go-template-file',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'template',
  'templatefile',
];
const COLUMNS = ['custom-columns', 'custom-columns-file'];
/** What commands other than get print. */
export const OBJECT_FORMATS = ['json', 'kyaml', 'name', 'yaml', ...TEMPLATES];
export const GET_FORMATS = [...OBJECT_FORMATS, ...COLUMNS, 'wide'];
export const DATA_FORMATS = ['json', 'kyaml', 'yaml'];

export function unknownFormat(format: string, allowed: readonly string[]): CommandError {
  return new CommandError(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${[...allowed].sort(compareText).join(',')}`,
  );
}

interface Output {
  readonly format: string;
  readonly argument: string | undefined;
}

/** `jsonpath={.kind}` -> its two halves. The name of a format may be written in capitals. */
function splitOutput(text: string): Output {
  const equals = text.indexOf('=');
  const format = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  if (equals < 0 || !(TEMPLATES.includes(format) || COLUMNS.includes(format)))
    return { format: text.toLowerCase(), argument: undefined };
  return { format, argument: text.slice(equals + 1) };
}

/** The printer of -o, or undefined without -o (or with `-o wide`). Throws CommandError. */
export function makePrinter(session: Session, allowed: readonly string[] = OBJECT_FORMATS): ObjectPrinter | undefined {
  const { flags } = session;
  const given = flags.has('output') ? flags.string('output') : '';
  const template = flags.has('template') ? flags.string('template') : '';
  const { format, argument } = splitOutput(given === '' && template !== '' ? 'go-template' : given);
  if (format === '' || (format === 'wide' && allowed.includes('wide'))) return undefined;
  if (!allowed.includes(format)) throw unknownFormat(given, allowed);
  const managed = flags.has('show-managed-fields') && flags.bool('show-managed-fields');
  const printer = printerFor(session, format, argument ?? (template || undefined));
  return managed || !DATA_FORMATS.includes(format)
    ? printer
    : (object, typed) => printer(withoutManagedFields(object), typed);
}

function printerFor(session: Session, format: string, argument: string | undefined): ObjectPrinter {
  const allowMissing =
    !session.flags.has('allow-missing-template-keys') || session.flags.bool('allow-missing-template-keys');
  switch (format) {
    case 'json':
      return printJson;
    case 'yaml':
      return yamlPrinter();
    case 'kyaml':
      return (object) => toKyaml(object);
    case 'name':
      return printName;
    case 'custom-columns':
    case 'custom-columns-file':
      return customColumns(session, format, argument);
    default:
      return templates(session, format, argument, allowMissing);
  }
}

function customColumns(session: Session, format: string, argument: string | undefined): ObjectPrinter {
  const noHeaders = session.flags.has('no-headers') && session.flags.bool('no-headers');
  if (!argument)
    throw new CommandError(
      `${format} format specified but no ${format === 'custom-columns' ? 'custom columns' : 'template file'} given`,
    );
  const columns =
    format === 'custom-columns' ? parseColumns(argument) : readColumnsFile(readTemplate(session, argument, 'template'));
  return columnsPrinter(columns, noHeaders);
}

function templates(
  session: Session,
  format: string,
  argument: string | undefined,
  allowMissing: boolean,
): ObjectPrinter {
  if (!argument) throw new CommandError('template format specified but no template given');
  const text = format.endsWith('file') ? readTemplate(session, argument) : argument;
  if (format === 'jsonpath-as-json') return jsonPathPrinter(text, allowMissing, true);
  return format.startsWith('jsonpath')
    ? jsonPathPrinter(text, allowMissing, false)
    : templatePrinter(text, allowMissing);
}

function readTemplate(session: Session, path: string, what = '--template'): string {
  if (!session.process.fs.exists(session.resolve(path))) {
    throw new CommandError(
      `error reading ${what} ${path}, open ${path}: no such file or directory${what === 'template' ? '' : '\n'}`,
    );
  }
  return session.readText(path);
}

export const printJson: ObjectPrinter = (object, typed) =>
  `${marshalIndent(typed ? object : sortKeys(object), '    ')}\n`;

function yamlPrinter(): ObjectPrinter {
  let count = 0;
  return (object) => `${count++ > 0 ? '---\n' : ''}${toYaml(object)}`;
}

/** `pod/web`; every item of a list. */
const printName: ObjectPrinter = (object) =>
  isArray(object.items) && String(object.kind).endsWith('List')
    ? object.items.map((item) => (isObject(item) ? `${objectLabel(item)}\n` : '')).join('')
    : `${objectLabel(object)}\n`;

export function withoutManagedFields(object: JsonObject): JsonObject {
  let result = object;
  if (isObject(object.metadata) && object.metadata.managedFields !== undefined) {
    const { managedFields: _, ...metadata } = object.metadata;
    result = { ...object, metadata };
  }
  if (!isArray(object.items)) return result;
  return { ...result, items: object.items.map((item: Json) => (isObject(item) ? withoutManagedFields(item) : item)) };
}
