/** What is different between two states of a cluster. */
import type { ObjectFacts } from '../../../workers/protocol.ts';

export interface FieldDifference {
  readonly path: string;
  /** Undefined: the field is not there. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

export interface Difference {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly is: 'left' | 'right' | 'changed';
  /** The telling ones first; of objects that are on one side only, none. */
  readonly fields: readonly FieldDifference[];
}

const keyOf = ({ apiVersion, kind, namespace = '', name }: ObjectFacts): string =>
  `${apiVersion.split('/').slice(0, -1).join('/')}/${kind}/${namespace}/${name}`;

/** What people look for first. */
const TELLING: readonly RegExp[] = [
  /replicas$/i,
  /image$/,
  /^status\.phase$/,
  /nodeName$/,
  /^status\.conditions\[Ready\]\.(status|reason)/,
  /^status\.conditions/,
  /restartCount$/,
  /^spec\./,
  /^data\./,
  /^metadata\.labels/,
];

const weight = (path: string): number => {
  const found = TELLING.findIndex((pattern) => pattern.test(path));
  return found < 0 ? TELLING.length : found;
};

function fieldsBetween(left: ObjectFacts, right: ObjectFacts): readonly FieldDifference[] {
  const paths = new Set([...Object.keys(left.fields), ...Object.keys(right.fields)]);
  const different: FieldDifference[] = [];
  for (const path of paths) {
    const [a, b] = [left.fields[path], right.fields[path]];
    if (a !== b) different.push({ path, left: a, right: b });
  }
  return different.sort((a, b) => weight(a.path) - weight(b.path));
}

const order = (a: Difference, b: Difference): number =>
  a.kind.localeCompare(b.kind) || (a.namespace ?? '').localeCompare(b.namespace ?? '') || a.name.localeCompare(b.name);

/** By kind, namespace and name. */
export function differences(left: readonly ObjectFacts[], right: readonly ObjectFacts[]): readonly Difference[] {
  const others = new Map(right.map((facts) => [keyOf(facts), facts]));
  const found: Difference[] = [];
  const add = ({ kind, namespace, name }: ObjectFacts, is: Difference['is'], fields: readonly FieldDifference[] = []) =>
    found.push({ kind, ...(namespace !== undefined && { namespace }), name, is, fields });
  for (const facts of left) {
    const key = keyOf(facts);
    const other = others.get(key);
    others.delete(key);
    if (!other) {
      add(facts, 'left');
      continue;
    }
    const fields = fieldsBetween(facts, other);
    if (fields.length > 0) add(facts, 'changed', fields);
  }
  for (const facts of others.values()) add(facts, 'right');
  return found.sort(order);
}
