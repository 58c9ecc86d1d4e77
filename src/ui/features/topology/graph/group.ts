/** Rooms before they have a place: which Pods belong together, under which heading. */
import type { PodFacts } from './facts.ts';
import type { Health } from './pod-state.ts';
import type { Ref } from './sources.ts';

export type View = 'node' | 'owner' | 'network' | 'control-plane';

export const VIEWS: readonly View[] = ['node', 'owner', 'network', 'control-plane'];

/** An object that stands beside the Pods it owns or leads to. */
export interface Head {
  readonly id: string;
  readonly ref: Ref;
  /** What is to be said of it in a word: `2/3`, `10.96.0.10:80`. */
  readonly detail: string;
  readonly health: Health;
}

export interface Section {
  readonly id: string;
  readonly head?: Head;
  readonly pods: readonly PodFacts[];
}

type GroupKind = 'node' | 'waiting' | 'owner' | 'service' | 'component' | 'rest';

export interface Group {
  readonly id: string;
  readonly kind: GroupKind;
  readonly title: string;
  readonly detail: string;
  readonly health: Health;
  readonly ref?: Ref;
  readonly head?: Head;
  readonly sections: readonly Section[];
  /** Pods of this room to which its head sends nothing, by `namespace/name`. */
  readonly shut?: ReadonlySet<string>;
  /** Why nothing gets through, or nobody is there to do the work. */
  readonly trouble?: Trouble;
  /** The column it stands in, where a view is a drawing and not a list. */
  readonly column?: number;
}

export interface Trouble {
  /** `no-endpoints`: no Pod matches; `none-ready`: all that match are unready; `no-port`: no Pod has a port of that name; `down`: a component without a ready Pod. */
  readonly kind: 'no-endpoints' | 'none-ready' | 'no-port' | 'down';
  /** The selector, the port, the component. */
  readonly about: string;
}

/** A line from a head or a room, by its id, to a room or to a Pod, by its `namespace/name`. */
export interface Relation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Nothing flows: the far end is not ready. */
  readonly broken: boolean;
}

export interface Grouping {
  readonly groups: readonly Group[];
  readonly relations: readonly Relation[];
}

const shallow = (a: object, b: object): boolean => {
  const left = a as { readonly [key: string]: unknown };
  const right = b as { readonly [key: string]: unknown };
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
};

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

const keepHead = (previous: Head | undefined, next: Head): Head =>
  previous &&
  previous.id === next.id &&
  previous.detail === next.detail &&
  previous.health === next.health &&
  previous.ref.name === next.ref.name
    ? previous
    : next;

/** A new section around the same Pods is the old one, when its head is. */
function keepSection(previous: Section | undefined, next: Section): Section {
  if (!previous || previous.id !== next.id) return next;
  const head = next.head && keepHead(previous.head, next.head);
  const pods = sameItems(previous.pods, next.pods) ? previous.pods : next.pods;
  if (pods === previous.pods && head === previous.head) return previous;
  return { id: next.id, pods, ...(head && { head }) };
}

const sameSet = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.size === b.size && [...a].every((item) => b.has(item)));

function keepGroup(previous: Group | undefined, next: Group): Group {
  if (!previous) return next;
  const sections = next.sections.map((section, index) => keepSection(previous.sections[index], section));
  const kept = {
    ...next,
    sections: sameItems(previous.sections, sections) ? previous.sections : sections,
    ...(next.head && { head: keepHead(previous.head, next.head) }),
  };
  const same =
    previous.sections === kept.sections &&
    previous.head === kept.head &&
    previous.title === kept.title &&
    previous.detail === kept.detail &&
    previous.health === kept.health &&
    previous.trouble?.kind === kept.trouble?.kind &&
    previous.trouble?.about === kept.trouble?.about &&
    sameSet(previous.shut, kept.shut);
  return same ? previous : kept;
}

/** The same grouping with every part that says the same as before being the very same object. */
export function keepGrouping(previous: Grouping | undefined, next: Grouping): Grouping {
  if (!previous) return next;
  const before = new Map(previous.groups.map((group) => [group.id, group]));
  const groups = next.groups.map((group) => keepGroup(before.get(group.id), group));
  const lines = new Map(previous.relations.map((relation) => [relation.id, relation]));
  const relations = next.relations.map((relation) => {
    const line = lines.get(relation.id);
    return line && shallow(line, relation) ? line : relation;
  });
  const kept = {
    groups: sameItems(previous.groups, groups) ? previous.groups : groups,
    relations: sameItems(previous.relations, relations) ? previous.relations : relations,
  };
  return shallow(previous, kept) ? previous : kept;
}
