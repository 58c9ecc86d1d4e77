/** Scene to React Flow: an element that did not change is the very same object, which is what keeps React Flow still. */
import type { MapNode, PodNode } from './cards.tsx';
import type { Outlook } from './graph/detail.ts';
import type { PodFacts } from './graph/facts.ts';
import { CARD, type PlacedHead, type PlacedPod, type Room } from './graph/room.ts';
import { refKey } from './graph/sources.ts';

export interface Marks {
  /** Key of the selected object. */
  readonly chosen: string;
  readonly matches: ((pod: PodFacts) => boolean) | undefined;
  /** Keys of what was just touched. */
  readonly lit: ReadonlySet<string>;
  /** Pods that were not there a moment ago. */
  readonly fresh: ReadonlySet<string>;
  /** Where Pods wait for a Node: those that are bound before they were seen waiting still come from there. */
  readonly gate: Point | undefined;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const STILL = { draggable: false, selectable: false, focusable: false, connectable: false, deletable: false } as const;

type Source = PlacedPod | PlacedHead | Room;

/** Remembers the element made of each placed thing, and with which marks. */
export class Elements {
  private readonly made = new WeakMap<Source, { readonly marks: string; readonly node: MapNode }>();

  of({ rooms, pods, detail }: Outlook, marks: Marks): MapNode[] {
    if (detail === 'painting') return [];
    const nodes = rooms.map((room) => this.room(room, marks));
    if (detail === 'chips') return nodes;
    for (const { heads } of rooms) for (const head of heads) nodes.push(this.head(head, marks));
    for (const placed of pods) nodes.push(this.pod(placed, marks));
    return nodes;
  }

  private keep(source: Source, marks: string, make: () => MapNode): MapNode {
    const before = this.made.get(source);
    if (before?.marks === marks) return before.node;
    const node = make();
    this.made.set(source, { marks, node });
    return node;
  }

  private room(room: Room, { chosen: selected, lit: touched }: Marks): MapNode {
    const { box, group } = room;
    const key = group.ref && refKey(group.ref);
    const chosen = key !== undefined && key === selected;
    const lit = key !== undefined && touched.has(key);
    return this.keep(room, `${chosen} ${lit}`, () => ({
      ...STILL,
      id: `room:${room.id}`,
      type: 'room',
      position: { x: box.x, y: box.y },
      width: box.width,
      height: box.height,
      zIndex: 0,
      data: { room, chosen, lit },
    }));
  }

  private head(placed: PlacedHead, { chosen: selected, lit: touched }: Marks): MapNode {
    const key = refKey(placed.head.ref);
    const chosen = key === selected;
    const lit = touched.has(key);
    return this.keep(placed, `${chosen} ${lit}`, () => ({
      ...STILL,
      ...CARD,
      id: `head:${placed.id}`,
      type: 'head',
      position: { x: placed.x, y: placed.y },
      zIndex: 2,
      data: { placed, chosen, lit },
    }));
  }

  private pod(placed: PlacedPod, { chosen: selected, lit: touched, matches, fresh, gate }: Marks): MapNode {
    const chosen = placed.pod.key === selected;
    const dim = matches !== undefined && !matches(placed.pod);
    const lit = touched.has(placed.pod.key);
    return this.keep(placed, `${chosen} ${dim} ${lit}`, () =>
      podElement(placed, { chosen, dim, lit, fresh: fresh.has(placed.id) }, gate),
    );
  }
}

function podElement(
  placed: PlacedPod,
  marks: { chosen: boolean; dim: boolean; lit: boolean; fresh: boolean },
  gate: Point | undefined,
): PodNode {
  const from = marks.fresh && gate && placed.pod.nodeName ? { x: gate.x - placed.x, y: gate.y - placed.y } : undefined;
  return {
    ...STILL,
    ...CARD,
    id: placed.id,
    type: 'pod',
    position: { x: placed.x, y: placed.y },
    zIndex: 3,
    data: { placed, gone: false, ...marks, ...(from && { from }) },
  };
}

/** The last sight of a Pod that has gone. */
export const farewell = (node: PodNode): PodNode => ({ ...node, data: { ...node.data, gone: true } });
