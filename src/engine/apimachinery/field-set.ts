/**
 * Sets of field paths, kept in the very form managedFields stores them: a tree whose node is `{}` for a member,
 * `{'.': {}, …}` for a member with members below, and `{…}` for a mere step on the way. Values are frozen and shared.
 * @upstream vendor/sigs.k8s.io/structured-merge-diff/v6/fieldpath/set.go
 */
import type { FieldsV1 } from './meta.ts';

/** A tree of path elements: `f:name`, `k:{"name":"c"}`, `v:"x"`, `i:0`. The empty tree is the empty set. */
export type FieldSet = FieldsV1;
export type FieldSetBuilder = { [element: string]: FieldSet };

const SELF = '.';
export const emptyFieldSet: FieldSet = Object.freeze({});
/** The node of a member without members below. */
export const member: FieldSet = Object.freeze({});

export const isEmptySet = (set: FieldSet): boolean => {
  for (const _ in set) return false;
  return true;
};

/** Whether the node itself is a member. Never ask this of a whole set. */
const isMember = (node: FieldSet | undefined): boolean => node !== undefined && (isEmptySet(node) || SELF in node);

/** The node for a member or not, with these nodes below; undefined when nothing is left. */
function nodeOf(self: boolean, children: FieldSetBuilder): FieldSet | undefined {
  if (isEmptySet(children)) return self ? member : undefined;
  return self ? { [SELF]: member, ...children } : children;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const children: FieldSetBuilder = {};
  for (const key in a) if (key !== SELF) children[key] = a[key] as FieldSet;
  for (const key in b) {
    if (key === SELF) continue;
    const mine = children[key];
    children[key] = mine ? unionNodes(mine, b[key] as FieldSet) : (b[key] as FieldSet);
  }
  return nodeOf(isMember(a) || isMember(b), children) ?? member;
}

export function unionSets(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const result: FieldSetBuilder = { ...a };
  for (const key in b) {
    const mine = result[key];
    result[key] = mine ? unionNodes(mine, b[key] as FieldSet) : (b[key] as FieldSet);
  }
  return result;
}

type NodeOperation = (a: FieldSet, b: FieldSet) => FieldSet | undefined;

/** Applies an operation to the children both have; `keep` says whether children only in `a` stay. */
function combine(a: FieldSet, b: FieldSet, keep: boolean, operation: NodeOperation): FieldSetBuilder {
  const result: FieldSetBuilder = {};
  for (const key in a) {
    if (key === SELF) continue;
    const mine = a[key] as FieldSet;
    const theirs = b[key];
    const node = theirs === undefined ? (keep ? mine : undefined) : operation(mine, theirs);
    if (node !== undefined) result[key] = node;
  }
  return result;
}

const differenceNodes: NodeOperation = (a, b) =>
  nodeOf(isMember(a) && !isMember(b), combine(a, b, true, differenceNodes));
const intersectionNodes: NodeOperation = (a, b) =>
  nodeOf(isMember(a) && isMember(b), combine(a, b, false, intersectionNodes));
const recursiveNodes: NodeOperation = (a, b) =>
  isMember(b) ? undefined : nodeOf(isMember(a), combine(a, b, true, recursiveNodes));

/** Members of `a` that are not members of `b`. */
export const differenceSets = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(b) ? a : combine(a, b, true, differenceNodes);

/** As differenceSets, but what lies below a member of `b` goes too. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(b) ? a : combine(a, b, true, recursiveNodes);

export const intersectionSets = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, false, intersectionNodes);

/** A set of plain field paths: `fieldSetOf(['metadata', 'name'], ['status'])`. */
export function fieldSetOf(...paths: readonly (readonly string[])[]): FieldSet {
  return paths.reduce<FieldSet>((set, path) => {
    const node = path.reduceRight<FieldSet>((below, name) => ({ [`f:${name}`]: below }), member);
    return unionSets(set, node);
  }, emptyFieldSet);
}

export function hasPath(set: FieldSet, elements: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of elements) node = node?.[element];
  return isMember(node);
}

export const childOf = (set: FieldSet, element: string): FieldSet | undefined => set[element];
export const hasMember = (set: FieldSet, element: string): boolean => isMember(set[element]);
const elementsOf = (set: FieldSet): string[] => Object.keys(set).filter((key) => key !== SELF);
export const withSelf = (children: FieldSetBuilder): FieldSet => nodeOf(true, children) ?? member;

/** `.spec.containers[name="c"].image` */
function printElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  if (element.startsWith('i:')) return `[${rest}]`;
  const keys = JSON.parse(rest) as { readonly [key: string]: unknown };
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

const rank = (element: string) => 'fkvi'.indexOf(element[0] as string);

/** Upstream's order: fields, keys, values, indexes, each sorted. */
function compareElements(a: string, b: string): number {
  if (a[0] !== b[0]) return rank(a) - rank(b);
  if (a.startsWith('i:')) return Number(a.slice(2)) - Number(b.slice(2));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Every member as printed, in upstream's order. */
export function printMembers(set: FieldSet, prefix = ''): string[] {
  const result: string[] = [];
  const elements = elementsOf(set).sort(compareElements);
  for (const element of elements) {
    if (hasMember(set, element)) result.push(prefix + printElement(element));
  }
  for (const element of elements) {
    result.push(...printMembers(set[element] as FieldSet, prefix + printElement(element)));
  }
  return result;
}

export const printPathElement = printElement;
