/**
 * -o custom-columns: a table of JSONPath expressions.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/get/customcolumn.go
 * @fidelity full
 */
import { asError, CommandError, PrintError } from '../errors.ts';
import { isArray, isObject, type Json, type JsonObject, sprint } from '../text/json.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';
import { findTemplate, relaxedJsonPath } from './jsonpath.ts';
import type { ObjectPrinter } from './printer.ts';

interface Column {
  readonly header: string;
  readonly find: (object: JsonObject) => readonly (readonly Json[])[];
}

/** A broken path is told when the first object is printed; what is no path at all, at once. */
function column(header: string, expression: string): Column {
  const template = relaxedJsonPath(expression);
  let find: Column['find'] | undefined;
  return {
    header,
    find: (object) => {
      find ??= template === '' ? () => [] : findTemplate(template);
      return find(object);
    },
  };
}

export function parseColumns(spec: string): readonly Column[] {
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0)
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return column(part.slice(0, colon), part.slice(colon + 1));
  });
}

/** Two lines: headers, and the expressions under them. */
export function readColumnsFile(text: string): readonly Column[] {
  const [first, second] = text.split('\n');
  const headers = (first ?? '').split(/\s+/).filter((word) => word !== '');
  const specs = (second ?? '').split(/\s+/).filter((word) => word !== '');
  if (headers.length !== specs.length) {
    throw new CommandError(
      `number of headers (${headers.length}) and field specifications (${specs.length}) don't match`,
    );
  }
  return headers.map((header, i) => column(header, specs[i] as string));
}

/** The header is printed once, however many objects follow. */
export function columnsPrinter(columns: readonly Column[], noHeaders: boolean): ObjectPrinter {
  let headed = noHeaders;
  let text = '';
  const writer = new TabWriter({ ...TABLE, rememberWidths: true }, (chunk) => {
    text += chunk;
  });
  return (object) => {
    text = '';
    if (!headed) writer.print(`${columns.map((one) => one.header).join('\t')}\n`);
    headed = true;
    const objects =
      isArray(object.items) && String(object.kind).endsWith('List') ? object.items.filter(isObject) : [object];
    try {
      for (const one of objects) writer.print(`${columns.map((each) => cell(each, one)).join('\t')}\n`);
    } catch (error) {
      writer.flush();
      throw new PrintError(asError(error).message, text);
    }
    writer.flush();
    return text;
  };
}

function cell(one: Column, object: JsonObject): string {
  const found = one.find(object);
  if (found.length === 0 || found[0]?.length === 0) return '<none>';
  return found.flat().map(sprint).join(',');
}
