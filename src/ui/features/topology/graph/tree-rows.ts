/** The drawing as a tree of lines: rooms, what heads them, and their Pods. */
import type { PodFacts } from './facts.ts';
import type { Health } from './pod-state.ts';
import type { Room } from './room.ts';
import type { Ref } from './sources.ts';

export interface TreeRow {
  readonly id: string;
  /** 1 for a room */
  readonly level: number;
  /** Position among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
  readonly ref?: Ref;
  readonly name: string;
  readonly detail: string;
  readonly health: Health;
  /** Absent for what has nothing inside. */
  readonly expanded?: boolean;
  readonly parent?: string;
  /** The room itself, for its title. */
  readonly room?: Room;
}

const podDetail = ({ status, ready, total, restarts }: PodFacts): string =>
  `${status}, ${ready}/${total}${restarts > 0 ? `, ↻${restarts}` : ''}`;

function inside(room: Room, matches: ((pod: PodFacts) => boolean) | undefined): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const shown = room.group.sections.map(({ head, pods }) => ({ head, pods: matches ? pods.filter(matches) : pods }));
  const direct = shown.reduce((sum, { head, pods }) => sum + (head ? 1 : pods.length), 0);
  let place = 0;
  const add = (pods: readonly PodFacts[], level: number, parent: string) => {
    for (const [index, pod] of pods.entries()) {
      rows.push({
        id: `${room.id}/${pod.id}`,
        level,
        position: level === 2 ? ++place : index + 1,
        siblings: level === 2 ? direct : pods.length,
        ref: pod.ref,
        name: pod.name,
        detail: podDetail(pod),
        health: pod.health,
        parent,
      });
    }
  };
  for (const { head, pods } of shown) {
    if (!head) {
      add(pods, 2, room.id);
      continue;
    }
    const { id, ref, detail, health } = head;
    const line = { id, level: 2, position: ++place, siblings: direct, ref, health, parent: room.id };
    rows.push({ ...line, name: ref.name, detail: `${ref.kind}, ${detail}`, expanded: true });
    add(pods, 3, id);
  }
  return rows;
}

/** Lines on show, from top to bottom. A room is open when its id is in `toggled`, or the other way round where `open` says so. */
export function treeRows(
  rooms: readonly Room[],
  {
    open,
    toggled,
    matches,
  }: {
    readonly open: boolean;
    readonly toggled: ReadonlySet<string>;
    readonly matches: ((pod: PodFacts) => boolean) | undefined;
  },
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  for (const [index, room] of rooms.entries()) {
    const { group, health } = room;
    const expanded = open !== toggled.has(room.id);
    rows.push({
      id: room.id,
      level: 1,
      position: index + 1,
      siblings: rooms.length,
      name: group.title,
      detail: group.head ? `${group.detail}, ${group.head.detail}` : group.detail,
      health,
      room,
      ...(group.ref && { ref: group.ref }),
      ...(room.pods.length > 0 && { expanded }),
    });
    if (expanded) rows.push(...inside(room, matches));
  }
  return rows;
}

/** Where a key leads from a line, as the tree pattern has it; and whether the line opens or closes instead. */
export function treeMove(
  rows: readonly TreeRow[],
  from: number,
  key: string,
): { readonly to?: number; readonly toggle?: boolean } {
  const row = rows[from];
  const clamp = (to: number) => ({ to: Math.max(0, Math.min(rows.length - 1, to)) });
  switch (key) {
    case 'ArrowDown':
      return clamp(from + 1);
    case 'ArrowUp':
      return clamp(from - 1);
    case 'PageDown':
      return clamp(from + 10);
    case 'PageUp':
      return clamp(from - 10);
    case 'Home':
      return clamp(0);
    case 'End':
      return clamp(rows.length - 1);
    case 'ArrowRight':
      if (row?.expanded === false) return { toggle: true };
      return row?.expanded ? clamp(from + 1) : {};
    case 'ArrowLeft': {
      if (row?.level === 1 && row.expanded) return { toggle: true };
      const parent = rows.findIndex(({ id }) => id === row?.parent);
      return parent < 0 ? {} : { to: parent };
    }
    default:
      return {};
  }
}
