import { useStore } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { MapNode, PodNode } from './cards.tsx';
import { Elements, farewell, type Marks } from './elements.ts';
import { type Outlook, outlook } from './graph/detail.ts';
import type { PodFacts } from './graph/facts.ts';
import type { Scene } from './graph/pipeline.ts';
import type { Box } from './graph/room.ts';

const FAREWELL_MS = 450;
/** Fewer coming at once are worth an entrance each. */
const MOST_ENTRANCES = 40;

/** What is in sight, generously, as a word that changes only when the viewport has moved far. */
function sightOf({
  transform: [x, y, zoom],
  width,
  height,
}: {
  readonly transform: readonly [number, number, number];
  readonly width: number;
  readonly height: number;
}): string {
  const tier = Math.round(Math.log2(zoom) * 8) / 8;
  const step = Math.max(64, Math.max(width, height) / 2 ** tier / 3);
  const snap = (value: number, round: (part: number) => number) => round(value / step) * step;
  const box = [
    snap(-x / zoom, Math.floor),
    snap(-y / zoom, Math.floor),
    snap((width - x) / zoom, Math.ceil),
    snap((height - y) / zoom, Math.ceil),
  ];
  return [...box, 2 ** tier].join();
}

/** The part of the scene in sight, in the detail there is room for. */
export function useOutlook(scene: Scene): Outlook {
  const sight = useStore(sightOf);
  return useMemo(() => {
    const [left = 0, top = 0, right = 0, bottom = 0, zoom = 1] = sight.split(',').map(Number);
    const box: Box = { x: left, y: top, width: right - left, height: bottom - top };
    return outlook(scene.rooms, box, zoom);
  }, [scene, sight]);
}

const podsOf = (scene: Scene): ReadonlySet<string> =>
  new Set(scene.rooms.flatMap(({ pods }) => pods.map(({ id }) => id)));

/** Elements for React Flow: those in sight, and for a moment those that have just gone. */
export function useElements(
  scene: Scene,
  sight: Outlook,
  {
    chosen,
    lit,
    matches,
  }: {
    readonly chosen: string;
    readonly lit: ReadonlySet<string>;
    readonly matches: ((pod: PodFacts) => boolean) | undefined;
  },
): MapNode[] {
  const elements = useMemo(() => new Elements(), []);
  const before = useRef<{
    readonly scene: Scene;
    readonly ids: ReadonlySet<string>;
    readonly nodes: readonly MapNode[];
  }>(undefined);
  const [ghosts, setGhosts] = useState<readonly PodNode[]>([]);

  const marks = useMemo((): Marks => {
    const last = before.current;
    const fresh = new Set<string>();
    if (last && last.scene !== scene && last.scene.view === scene.view && sight.detail === 'cards') {
      for (const { id } of sight.pods) if (!last.ids.has(id)) fresh.add(id);
    }
    const waiting = scene.rooms.find(({ group }) => group.kind === 'waiting')?.box;
    const gate = waiting && { x: waiting.x + waiting.width / 4, y: waiting.y + waiting.height / 3 };
    return { chosen, lit, matches, fresh: fresh.size > MOST_ENTRANCES ? new Set() : fresh, gate };
  }, [scene, sight, chosen, lit, matches]);
  const nodes = useMemo(() => elements.of(sight, marks), [elements, sight, marks]);

  useEffect(() => {
    const last = before.current;
    if (last?.scene === scene && last.nodes === nodes) return;
    const ids = sight.detail === 'cards' ? podsOf(scene) : new Set<string>();
    before.current = { scene, ids, nodes };
    if (!last || last.scene.view !== scene.view || sight.detail !== 'cards') return;
    const gone = last.nodes.filter((node): node is PodNode => node.type === 'pod' && !ids.has(node.id)).map(farewell);
    if (gone.length > 0 && gone.length <= MOST_ENTRANCES) setGhosts((others) => [...others, ...gone]);
  }, [scene, nodes, sight]);

  useEffect(() => {
    if (ghosts.length === 0) return undefined;
    const timer = setTimeout(() => setGhosts([]), FAREWELL_MS);
    return () => clearTimeout(timer);
  }, [ghosts]);

  return useMemo(() => {
    if (ghosts.length === 0) return nodes;
    const there = new Set(nodes.map(({ id }) => id));
    return [...nodes, ...ghosts.filter(({ id }) => !there.has(id))];
  }, [nodes, ghosts]);
}
