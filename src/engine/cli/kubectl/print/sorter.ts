/**
 * --sort-by: objects or rows by the values of a JSONPath expression.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/get/sorter.go
 * @fidelity full
 */
import { compareQuantity, isQuantity, parseQuantity } from '#engine/apimachinery';
import { CommandError } from '../errors.ts';
import type { Session } from '../session.ts';
import { isArray, isObject, type Json, type JsonObject } from '../text/json.ts';
import { findTemplate, relaxedJsonPath } from './jsonpath.ts';
import { tableRows } from './table.ts';

type Key = Json | undefined;

/** Nothing to sort: the expression is empty or there is at most one object. */
function keysOf(session: Session, objects: readonly JsonObject[]): readonly Key[] | undefined {
  const expression = session.flags.has('sort-by') ? session.flags.string('sort-by') : '';
  if (expression === '' || objects.length === 0) return undefined;
  const find = findTemplate(relaxedJsonPath(expression));
  const keys = objects.map((object) => find(object)[0]?.[0]);
  if (keys.every((key) => key === undefined)) {
    throw new CommandError(`couldn't find any field with path "${relaxedJsonPath(expression)}" in the list of objects`);
  }
  return keys;
}

export function sortObjects(session: Session, objects: readonly JsonObject[]): readonly JsonObject[] {
  const keys = keysOf(session, objects);
  return keys ? order(keys).map((index) => objects[index] as JsonObject) : objects;
}

/** Rows of each table by their objects. */
export function sortTable<T extends { readonly table: JsonObject }>(
  session: Session,
  sheets: readonly T[],
): readonly T[] {
  return sheets.map((sheet) => {
    const rows = tableRows(sheet.table);
    const keys = keysOf(
      session,
      rows.map((row) => (isObject(row.object) ? row.object : {})),
    );
    return keys
      ? { ...sheet, table: { ...sheet.table, rows: order(keys).map((index) => rows[index] as JsonObject) } }
      : sheet;
  });
}

/** Indexes in order; what lacks the field comes first. */
function order(keys: readonly Key[]): readonly number[] {
  return keys.map((_, index) => index).sort((a, b) => compareKeys(keys[a], keys[b]) || a - b);
}

function compareKeys(a: Key, b: Key): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1;
  if (b === undefined || b === null) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isArray(a) || isObject(a)) throw new CommandError(`unsortable type: ${isArray(a) ? 'slice' : 'map'}`);
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

/** Amounts by their value, everything else by its letters, numbers inside by their value. */
function compareText(a: string, b: string): number {
  if (a !== '' && b !== '' && isQuantity(a) && isQuantity(b))
    return compareQuantity(parseQuantity(a), parseQuantity(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
