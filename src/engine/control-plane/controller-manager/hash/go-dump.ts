/**
 * What Go prints of a PodTemplateSpec when it hashes one: every field with its type, pointers followed, map keys sorted.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/dump/dump.go
 */
import { invariant } from '#engine/sim';
import { GO_STRUCTS } from './go-types.ts';
import { dumpQuantity } from './quantity-dump.ts';

/** Prints the value of a field, without the field's name and type. */
type Printer = (value: unknown) => string;
type Fields = { readonly [name: string]: unknown };

const ZERO_TIME = '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}';
const structs = new Map<string, string>();
const printers = new Map<string, Printer>();

/** The exact text that is hashed. */
export function dumpPodTemplate(template: object): string {
  return `(v1.PodTemplateSpec)${printerOf('v1.PodTemplateSpec')(template)}`;
}

function printerOf(type: string): Printer {
  let printer = printers.get(type);
  if (!printer) {
    // Structs refer to each other: the name must be known before its fields are.
    printers.set(type, (value) => (printers.get(type) as Printer)(value));
    printer = makePrinter(type);
    printers.set(type, printer);
  }
  return printer;
}

function makePrinter(type: string): Printer {
  if (type.startsWith('*')) return optional(printerOf(type.slice(1)));
  if (type.startsWith('[]')) return slice(printerOf(type.slice(2)));
  switch (type) {
    case 'int32':
    case 'int64':
      return (value) => String(value ?? 0);
    case 'bool':
      return (value) => String(value ?? false);
    case 'map[string]string':
      return map(String);
    case 'v1.ResourceList':
      return map((value) => dumpQuantity(value as string));
    case 'resource.Quantity':
      return (value) => dumpQuantity((value as string | undefined) ?? '0');
    case 'intstr.IntOrString':
      return dumpIntOrString;
    case 'v1.Time':
      return () => ZERO_TIME;
    default:
      return structFields(type);
  }
}

/** Types not in the table are named strings. */
function structFields(type: string): Printer {
  if (structs.size === 0) {
    for (const line of GO_STRUCTS.trim().split('\n')) structs.set(line.slice(0, line.indexOf(' ')), line);
  }
  const line = structs.get(type);
  if (!line) return (value) => (value === undefined ? '' : String(value));
  const fields = line.split(' ').slice(1).map(parseField);
  return (value) => {
    const object = (value ?? {}) as Fields;
    let text = '{';
    for (const { head, json, print } of fields) {
      if (text.length > 1) text += ' ';
      text += head + print(json === '' ? object : object[json]);
    }
    return `${text}}`;
  };
}

function parseField(text: string): { readonly head: string; readonly json: string; readonly print: Printer } {
  const match = /^(\w+):([^=]+)(?:=(\w*))?$/.exec(text);
  invariant(match, `not a field: ${text}`);
  const [, name, type, json] = match as unknown as [string, string, string, string | undefined];
  return { head: `${name}:(${type})`, json: json ?? jsonName(name), print: printerOf(type) };
}

/** `HTTPGet` -> `httpGet`, `TTY` -> `tty`, `HostPID` -> `hostPID`. */
function jsonName(field: string): string {
  const capitals = /^[A-Z]+/.exec(field)?.[0].length ?? 0;
  const lowered = capitals === field.length || capitals === 1 ? capitals : capitals - 1;
  return field.slice(0, lowered).toLowerCase() + field.slice(lowered);
}

const absent = (value: unknown): value is undefined | null => value === undefined || value === null;

const optional =
  (print: Printer): Printer =>
  (value) =>
    absent(value) ? '<nil>' : print(value);

/** Storage forgets whether a list was empty or absent. */
const slice =
  (print: Printer): Printer =>
  (value) => {
    const items = value as readonly unknown[] | undefined;
    return absent(items) || items.length === 0 ? '<nil>' : `[${items.map(print).join(' ')}]`;
  };

const map =
  (print: Printer): Printer =>
  (value) => {
    const entries = absent(value) ? [] : Object.entries(value as Fields);
    if (entries.length === 0) return '<nil>';
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${print(item)}`).join(' ')}]`;
  };

function dumpIntOrString(value: unknown): string {
  const text = typeof value === 'string';
  return `{Type:(intstr.Type)${text ? 1 : 0} IntVal:(int32)${text ? 0 : (value ?? 0)} StrVal:(string)${text ? value : ''}}`;
}
