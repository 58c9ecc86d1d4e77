import { useEffect, useMemo, useRef, useState } from 'react';
import { EmptyState, Skeleton } from '../../design/index.ts';
import { createFilter, type FilterWords, NO_FILTER } from './graph/filter.ts';
import type { View } from './graph/group.ts';
import { Pipeline, type Scene } from './graph/pipeline.ts';
import type { Ref, Sources } from './graph/sources.ts';
import type { ObjectAction } from './object-menu.tsx';
import { Stage } from './stage.tsx';
import { Toolbar } from './toolbar.tsx';
import type { TrafficSource } from './traffic/traffic-layer.tsx';
import { Tree } from './tree.tsx';
import { usePaced } from './use-paced.ts';
import { type Words, wordsOf } from './words.ts';
import './topology.css';

export interface TopologyPaneProps {
  readonly sources: Sources;
  /** False until Nodes and Pods have been read. */
  readonly synced: boolean;
  /** Key of the selected object (`refKey`), or ''. */
  readonly chosen: string;
  readonly locale: string;
  readonly onSelect: (ref: Ref | undefined) => void;
  /** Keys of what a command has just touched. */
  readonly lit?: ReadonlySet<string>;
  readonly traffic?: TrafficSource | undefined;
  /** What the menu of an object offers. */
  readonly actions?: (ref: Ref, words: Words) => readonly ObjectAction[];
}

/** A large cluster is drawn ten times a second; a small one as it changes. */
const MANY_PODS = 2000;
const MANY_MS = 100;
const CALM_MS = 3000;

const NOTHING: ReadonlySet<string> = new Set();

const ASPECTS: readonly number[] = [0.5, 0.75, 1, 1.4, 2, 2.8, 4];

/** The shape of an element, roughly: a drawing is not laid out anew for each pixel. */
function useAspect() {
  const ref = useRef<HTMLDivElement>(null);
  const [aspect, setAspect] = useState<number>();
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0) return;
      const near = (a: number, b: number) =>
        Math.abs(Math.log((a * height) / width)) - Math.abs(Math.log((b * height) / width));
      setAspect(ASPECTS.toSorted(near)[0] ?? 1.4);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, aspect };
}

function emptyWords(scene: Scene, words: Words): string | undefined {
  if (scene.view === 'control-plane' && scene.rooms.length === 0) return words.noControlPlane;
  if (scene.view === 'node' && scene.rooms.length <= 1 && (scene.rooms[0]?.pods.length ?? 0) === 0)
    return words.noNodes;
  return scene.rooms.length === 0 ? words.empty : undefined;
}

const namespacesOf = ({ pods, services }: Sources): string => {
  const names = new Set<string>();
  for (const { metadata } of pods) names.add(metadata.namespace ?? '');
  for (const { metadata } of services) names.add(metadata.namespace ?? '');
  return [...names].sort().join();
};

/** The map, over any sources: knows nothing of where they come from. */
export function TopologyPane({
  sources,
  synced,
  chosen,
  locale,
  onSelect,
  lit = NOTHING,
  traffic,
  actions,
}: TopologyPaneProps) {
  const words = wordsOf(locale);
  const [view, setView] = useState<View>('node');
  const [wanted, setWanted] = useState<FilterWords>(NO_FILTER);
  const [showTree, setShowTree] = useState(false);
  const { ref, aspect } = useAspect();
  const pipeline = useMemo(() => new Pipeline(), []);
  const paced = usePaced(sources, sources.pods.length > MANY_PODS ? MANY_MS : 0);
  const filter = useMemo(() => createFilter(wanted), [wanted]);
  const scene = useMemo(
    () => (aspect === undefined ? undefined : pipeline.update(paced, { view, namespace: wanted.namespace, aspect })),
    [pipeline, paced, view, wanted.namespace, aspect],
  );
  // Reading the namespace of every Pod is too much for each frame.
  const calm = usePaced(paced, sources.pods.length > MANY_PODS ? CALM_MS : 0);
  const namespaces = useMemo(() => namespacesOf(calm).split(','), [calm]);
  const nothing = scene && emptyWords(scene, words);
  return (
    <div className="map">
      <Toolbar
        view={view}
        onView={setView}
        wanted={wanted}
        onWanted={setWanted}
        filter={filter}
        namespaces={namespaces}
        tree={showTree}
        onTree={setShowTree}
        words={words}
      />
      <div className="map-body" ref={ref} data-tree={showTree || undefined}>
        {!synced && <Skeleton label={words.loading} />}
        {synced && nothing && (
          <EmptyState text={nothing}>{nothing === words.empty && <code>{words.emptyCommand}</code>}</EmptyState>
        )}
        {synced && scene && !nothing && (
          <>
            <Stage
              scene={scene}
              filter={filter}
              chosen={chosen}
              words={words}
              onSelect={onSelect}
              lit={lit}
              services={paced.services}
              traffic={traffic}
              actions={(ref) => actions?.(ref, words) ?? []}
            />
            <Tree scene={scene} filter={filter} chosen={chosen} words={words} aside={!showTree} onSelect={onSelect} />
          </>
        )}
      </div>
    </div>
  );
}
