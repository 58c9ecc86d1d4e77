import {
  getViewportForBounds,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useStoreApi,
  ViewportPortal,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import './overlay.css';
import { Maximize, Minus, Plus } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { IconButton } from '../../design/index.ts';
import { type MapNode, nodeTypes, WordsContext } from './cards.tsx';
import { hit } from './graph/detail.ts';
import type { Filter } from './graph/filter.ts';
import { type Line, linesOf } from './graph/lines.ts';
import { type Direction, neighbour, placesOf } from './graph/neighbour.ts';
import type { Scene } from './graph/pipeline.ts';
import { type Box, CARD } from './graph/room.ts';
import type { Ref, Sources } from './graph/sources.ts';
import { Legend } from './legend.tsx';
import { type ObjectAction, ObjectMenu } from './object-menu.tsx';
import { OverviewMap } from './overview-map.tsx';
import { PaintingLayer } from './painting-layer.tsx';
import { NO_REQUESTS, TrafficLayer, type TrafficSource } from './traffic/traffic-layer.tsx';
import { useElements, useOutlook } from './use-elements.ts';
import type { Words } from './words.ts';

export interface StageProps {
  readonly scene: Scene;
  readonly filter: Filter;
  /** Key of the selected object, or ''. */
  readonly chosen: string;
  readonly words: Words;
  readonly onSelect: (ref: Ref | undefined) => void;
  /** Keys of what a command has just touched. */
  readonly lit: ReadonlySet<string>;
  readonly services: Sources['services'];
  /** Absent where nothing happens: in the past. */
  readonly traffic?: TrafficSource | undefined;
  readonly actions: (ref: Ref) => readonly ObjectAction[];
}

const PAN_PX = 80;
const ARROWS: { readonly [key: string]: readonly [number, number] } = {
  ArrowLeft: [PAN_PX, 0],
  ArrowRight: [-PAN_PX, 0],
  ArrowUp: [0, PAN_PX],
  ArrowDown: [0, -PAN_PX],
};

/** A chosen object nearer than this to the edge is brought to the middle. */
const EDGE_PX = 60;

const wantsStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Moves that may be interrupted: nobody waits for them. */
const go = (move: Promise<unknown>): void => {
  move.catch(() => undefined);
};

function refOf(node: MapNode): Ref | undefined {
  if (node.type === 'pod') return node.data.placed.pod.ref;
  return node.type === 'head' ? node.data.placed.head.ref : node.data.room.group.ref;
}

const MARGIN = 0.05;
/** Nothing is gained by cards larger than life. */
const MOST_ZOOM = 1.15;
const LEAST_ZOOM = 0.02;

/** Drawings of more rooms do not glide into place: each step of the way would be a whole painting. */
const MOST_GLIDING = 48;
/** A drawing may be shown this much smaller than it could be before it is fitted in anew. */
const SLACK = 0.8;

interface Viewport {
  readonly transform: readonly [number, number, number];
  readonly width: number;
  readonly height: number;
}

/** Some of the drawing is out of sight, or it has become much smaller than the pane. */
function isWorthAMove({ transform: [x, y, zoom], width, height }: Viewport, bounds: Box): boolean {
  const [left, top] = [bounds.x * zoom + x, bounds.y * zoom + y];
  const allInSight =
    left >= 0 && top >= 0 && left + bounds.width * zoom <= width && top + bounds.height * zoom <= height;
  const best = getViewportForBounds(bounds, width, height, LEAST_ZOOM, MOST_ZOOM, MARGIN).zoom;
  return !allInSight || zoom < best * SLACK;
}

/** Shows all until the learner moves the drawing himself; a change of view shows all again. */
function useShowAll({ view, bounds, rooms }: Scene) {
  const flow = useReactFlow();
  const store = useStoreApi();
  const size = useStore(({ width, height }) => `${width} ${height}`);
  const touched = useRef(false);
  const shown = useRef('');
  const showAll = useCallback(
    (duration: number) => {
      const { width, height } = store.getState();
      if (width === 0 || height === 0) return;
      touched.current = false;
      const viewport = getViewportForBounds(bounds, width, height, LEAST_ZOOM, MOST_ZOOM, MARGIN);
      go(flow.setViewport(viewport, { duration: wantsStillness() ? 0 : duration }));
    },
    [flow, store, bounds],
  );
  useEffect(() => {
    // The first size comes a frame after the first drawing: before it there is nothing to fit into.
    if (size === '0 0') return;
    const first = shown.current !== view;
    if (!first && (touched.current || !isWorthAMove(store.getState(), bounds))) return;
    shown.current = view;
    showAll(first || rooms.length > MOST_GLIDING ? 0 : 400);
  }, [view, size, showAll, store, bounds, rooms.length]);
  return { showAll, touched };
}

/** Lines between rooms run behind them, others on the floor of their room. */
function Lines({ lines, between }: { readonly lines: readonly Line[]; readonly between: Line['between'] }) {
  return (
    <svg className="map-lines" data-between={between} aria-hidden="true">
      {lines.map((line) =>
        line.between === between ? (
          <path key={line.id} d={line.path} data-broken={line.broken || undefined} />
        ) : undefined,
      )}
    </svg>
  );
}

function Drawing({ scene, filter, chosen, words, onSelect, lit, services, traffic, actions }: StageProps) {
  const flow = useReactFlow();
  const { showAll, touched } = useShowAll(scene);
  const sight = useOutlook(scene);
  const nodes = useElements(scene, sight, { chosen, lit, matches: filter.matches });
  const { detail, rooms, pods } = sight;
  const lines = useMemo(
    () => (detail === 'painting' ? [] : linesOf(rooms, pods, scene.relations)),
    [detail, rooms, pods, scene.relations],
  );
  const painting = useMemo(
    () =>
      detail === 'cards'
        ? undefined
        : { rooms: scene.rooms, frames: detail === 'painting', chosen, matches: filter.matches },
    [detail, scene.rooms, chosen, filter.matches],
  );

  const pick = (event: MouseEvent) => {
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const found = hit(scene.rooms, point.x, point.y);
    onSelect(found && ('pod' in found ? found.pod.ref : found.group.ref));
  };
  const [menu, setMenu] = useState<{ readonly ref: Ref; readonly x: number; readonly y: number }>();
  const [rate, setRate] = useState(NO_REQUESTS);
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const stage = useRef<HTMLElement>(null);

  const openMenu = (event: MouseEvent) => {
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const ref = pointedAt(scene, point);
    const box = stage.current?.getBoundingClientRect();
    if (!ref || !box) return;
    event.preventDefault();
    setMenu({ ref, x: event.clientX - box.left, y: event.clientY - box.top });
  };
  const openMenuAtChosen = () => {
    const place = placesOf(scene).find(({ key }) => key === chosen);
    const { x, y, zoom } = flow.getViewport();
    if (place) setMenu({ ref: place.ref, x: place.x * zoom + x, y: place.y * zoom + y });
  };
  const zoom = (way: 'in' | 'out') => {
    touched.current = true;
    go(way === 'in' ? flow.zoomIn() : flow.zoomOut());
  };
  const walk = (direction: Direction) => {
    const next = neighbour(placesOf(scene), chosen, direction);
    if (!next) return;
    onSelect(next.ref);
    const { x, y, zoom } = flow.getViewport();
    const { width = 0, height = 0 } = stage.current?.getBoundingClientRect() ?? {};
    const [left, top] = [next.x * zoom + x, next.y * zoom + y];
    if (left > EDGE_PX && top > EDGE_PX && left < width - EDGE_PX && top < height - EDGE_PX) return;
    touched.current = true;
    go(flow.setCenter(next.x, next.y, { zoom, duration: wantsStillness() ? 0 : 200 }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) openMenuAtChosen();
    else if (event.key === 'Escape' && chosen) onSelect(undefined);
    else if (arrow && !event.shiftKey) walk(event.key as Direction);
    else if (arrow) {
      touched.current = true;
      const { x, y, zoom } = flow.getViewport();
      go(flow.setViewport({ x: x + arrow[0], y: y + arrow[1], zoom }));
    } else if (event.key === '+' || event.key === '=') zoom('in');
    else if (event.key === '-') zoom('out');
    else if (event.key === '0') showAll(300);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <WordsContext value={words}>
      <section
        className="map-stage"
        aria-label={`${words.map}. ${words.keysHint}`}
        data-detail={detail}
        data-testid="map-stage"
        ref={(element) => {
          stage.current = element;
          if (element) element.tabIndex = 0;
        }}
        onKeyDown={onKeyDown}
        onContextMenu={openMenu}
      >
        <PaintingLayer painting={painting} />
        <div
          className="map-flow"
          aria-hidden="true"
          // What is hidden from assistive technology must not take the focus: React Flow's credit is a link.
          ref={(element) => element?.querySelector('a')?.setAttribute('tabindex', '-1')}
        >
          <ReactFlow
            nodes={nodes}
            edges={[]}
            nodeTypes={nodeTypes}
            minZoom={LEAST_ZOOM}
            maxZoom={2}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            zoomOnDoubleClick={false}
            deleteKeyCode={null}
            selectionKeyCode={null}
            multiSelectionKeyCode={null}
            panActivationKeyCode={null}
            zoomActivationKeyCode={null}
            attributionPosition="bottom-left"
            onMoveStart={(event) => {
              if (event) touched.current = true;
            }}
            onNodeClick={(event, node) => (detail === 'chips' ? pick(event) : onSelect(refOf(node)))}
            onPaneClick={pick}
          >
            <ViewportPortal>
              <Lines lines={lines} between="rooms" />
              <Lines lines={lines} between="heads" />
            </ViewportPortal>
          </ReactFlow>
        </div>
        {/* Another view is another drawing: what runs over the one does not belong on the other. */}
        {traffic && (
          <TrafficLayer key={scene.view} scene={scene} services={services} traffic={traffic} onRate={setRate} />
        )}
        <Legend counts={scene.counts} rate={rate} words={words} />
        <OverviewMap scene={scene} label={words.overview} />
        <div className="map-zoom">
          <IconButton label={words.zoomIn} onClick={() => zoom('in')}>
            <Plus size={16} />
          </IconButton>
          <IconButton label={words.zoomOut} onClick={() => zoom('out')}>
            <Minus size={16} />
          </IconButton>
          <IconButton label={words.fit} onClick={() => showAll(300)}>
            <Maximize size={16} />
          </IconButton>
        </div>
        {menu && (
          <ObjectMenu
            title={`${menu.ref.kind} ${menu.ref.name}`}
            actions={actions(menu.ref)}
            at={menu}
            onClose={closeMenu}
          />
        )}
      </section>
    </WordsContext>
  );
}

/** The object under a point: a head, a Pod, or the room around them. */
function pointedAt({ rooms }: Scene, { x, y }: { readonly x: number; readonly y: number }): Ref | undefined {
  for (const { heads } of rooms)
    for (const { head, x: left, y: top } of heads)
      if (x >= left && y >= top && x <= left + CARD.width && y <= top + CARD.height) return head.ref;
  const found = hit(rooms, x, y);
  return found && ('pod' in found ? found.pod.ref : found.group.ref);
}

/** The drawing: pans, zooms, and shows as much as the zoom has room for. */
export function Stage(props: StageProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}
