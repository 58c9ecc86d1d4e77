/** What a write changed: the paths that differ between two versions of an object, without what every write touches. */
import type { KubeObject } from '#engine/apimachinery';
import type { FieldChange } from './explanation.ts';

const MANY = 6;
const LONG = 60;
const HOUSEKEEPING = new Set(['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid']);

type Fields = { readonly [field: string]: unknown };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Short values as they are, long ones not at all. */
function shown(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'object') return undefined;
  const text = String(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

function change(path: string, before: unknown, after: unknown): FieldChange {
  const [from, to] = [shown(before), shown(after)];
  return { path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function nameOf(item: unknown, index: number): string {
  const name = isFields(item) ? (item.name ?? item.type ?? item.key) : undefined;
  return typeof name === 'string' ? name : String(index);
}

function walk(path: string, before: unknown, after: unknown, found: FieldChange[]): void {
  if (before === after || found.length >= MANY) return;
  if (isFields(before) && isFields(after)) {
    for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (path === 'metadata' && HOUSEKEEPING.has(field)) continue;
      walk(path === '' ? field : `${path}.${field}`, before[field], after[field], found);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    for (let i = 0; i < length; i++) {
      walk(`${path}[${nameOf(after[i] ?? before[i], i)}]`, before[i], after[i], found);
    }
    return;
  }
  if (JSON.stringify(before) !== JSON.stringify(after)) found.push(change(path, before, after));
}

/** What differs in everything but status; at most a handful. */
export function specChanges(before: KubeObject, after: KubeObject): readonly FieldChange[] {
  const found: FieldChange[] = [];
  const { status: _, ...then } = before as KubeObject & { readonly status?: unknown };
  const { status: __, ...now } = after as KubeObject & { readonly status?: unknown };
  walk('', then, now, found);
  return found;
}
