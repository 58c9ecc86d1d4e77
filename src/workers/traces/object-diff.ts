/** What a stage of the server changed in an object: every leaf that differs, in the order of the fields. */
import type { FieldChange } from './explanation.ts';

const MANY = 40;
const LONG = 120;

type Fields = { readonly [field: string]: unknown };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that can stand behind a dot. */
const PLAIN = /^[A-Za-z_$][\w$-]*$/;

const below = (path: string, field: string): string => {
  if (!PLAIN.test(field)) return `${path}[${JSON.stringify(field)}]`;
  return path === '' ? field : `${path}.${field}`;
};

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

/** Items that carry a name are compared by it. */
const nameOf = (item: unknown): string | undefined => {
  const name = isFields(item) ? (item.name ?? item.key ?? item.type ?? item.mountPath) : undefined;
  return typeof name === 'string' ? name : undefined;
};

class Differ {
  readonly found: FieldChange[] = [];
  more = 0;

  compare(path: string, before: unknown, after: unknown): void {
    if (before === after) return;
    if ((isFields(before) || before === undefined) && isFields(after) && Object.keys(after).length > 0) {
      for (const field of new Set([...Object.keys(before ?? {}), ...Object.keys(after)])) {
        this.compare(below(path, field), (before as Fields | undefined)?.[field], after[field]);
      }
    } else if (Array.isArray(after) && after.length > 0 && (Array.isArray(before) || before === undefined)) {
      this.lists(path, before ?? [], after);
    } else if (JSON.stringify(before) !== JSON.stringify(after)) this.add(path, before, after);
  }

  private lists(path: string, before: readonly unknown[], after: readonly unknown[]): void {
    const named = [...before, ...after].every((item) => nameOf(item) !== undefined);
    if (!named) {
      for (let i = 0; i < Math.max(before.length, after.length); i++)
        this.compare(`${path}[${i}]`, before[i], after[i]);
      return;
    }
    for (const name of new Set([...before, ...after].map((item) => nameOf(item) as string))) {
      const [was, is] = [before, after].map((items) => items.find((item) => nameOf(item) === name));
      this.compare(`${path}[${name}]`, was, is);
    }
  }

  private add(path: string, before: unknown, after: unknown): void {
    if (this.found.length >= MANY) {
      this.more++;
      return;
    }
    const [from, to] = [shown(before), shown(after)];
    this.found.push({ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  }
}

/** The differing leaves; `more` counts those past the first forty. managedFields count as one. */
export function objectDiff(
  before: object | undefined,
  after: object | undefined,
): { readonly changes: readonly FieldChange[]; readonly more: number } {
  const differ = new Differ();
  differ.compare('', withoutOwners(before), withoutOwners(after));
  return { changes: differ.found, more: differ.more };
}

interface Owned {
  readonly metadata?: {
    readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
  };
}

/** Who owns fields, without the fields: their sets are long, and say the object once more. */
function withoutOwners(object: (object & Owned) | undefined): object | undefined {
  const entries = object?.metadata?.managedFields;
  if (!object || !entries) return object;
  const managedFields = entries.map(({ manager, operation }) => `${manager} ${operation}`).join(', ');
  return { ...object, metadata: { ...object.metadata, managedFields } };
}
