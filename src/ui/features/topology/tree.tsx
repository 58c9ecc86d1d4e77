import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { KindMark, ToneShape } from '../../design/index.ts';
import type { Filter } from './graph/filter.ts';
import type { Scene } from './graph/pipeline.ts';
import { type Ref, refKey } from './graph/sources.ts';
import { type TreeRow, treeMove, treeRows } from './graph/tree-rows.ts';
import { titleOf, type Words } from './words.ts';

export interface TreeProps {
  readonly scene: Scene;
  readonly filter: Filter;
  readonly chosen: string;
  readonly words: Words;
  /** Out of sight, there for screen readers; it shows itself while it has the focus. */
  readonly aside: boolean;
  readonly onSelect: (ref: Ref | undefined) => void;
}

const ROW_PX = 30;
/** More rooms than these start closed. */
const MOST_OPEN = 12;

function Line({ row, words }: { readonly row: TreeRow; readonly words: Words }) {
  const name = row.room ? titleOf(words, row.room.group) : row.name;
  return (
    <>
      <span className="map-tree-twist" aria-hidden="true">
        {row.expanded === undefined ? '' : row.expanded ? '▾' : '▸'}
      </span>
      <span className="map-tree-tone" data-tone={row.health}>
        <ToneShape tone={row.health} />
      </span>
      {row.ref && <KindMark kind={row.ref.kind} />}
      <b>{name}</b> <i className="map-tree-note">{row.detail}</i>
      {row.room && (
        <small>
          {row.room.pods.length} {words.pods}
        </small>
      )}
      <span className="visually-hidden">{words.health[row.health]}</span>
    </>
  );
}

/** The drawing's content as a tree: one line has the focus, arrows move it. */
export function Tree({ scene, filter, chosen, words, aside, onSelect }: TreeProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const open = scene.rooms.length <= MOST_OPEN;
  const rows = useMemo(
    () => treeRows(scene.rooms, { open, toggled, matches: filter.matches }),
    [scene.rooms, open, toggled, filter.matches],
  );
  const current = Math.max(
    0,
    rows.findIndex(({ id }) => id === active),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    initialRect: { width: 400, height: 400 },
  });

  useEffect(() => {
    if (!wantsFocus.current) return;
    virtual.scrollToIndex(current);
    // A render in between calls the frame off: the wish stays until it is granted.
    const frame = requestAnimationFrame(() => {
      wantsFocus.current = false;
      scroller.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus();
    });
    return () => cancelAnimationFrame(frame);
  });

  const toggle = ({ id, level, expanded }: TreeRow) => {
    if (level !== 1 || expanded === undefined) return;
    const next = new Set(toggled);
    if (!next.delete(id)) next.add(id);
    setToggled(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[current];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      if (row.ref) onSelect(row.ref);
      else toggle(row);
    } else {
      const { to, toggle: turn } = treeMove(rows, current, event.key);
      if (turn) toggle(row);
      else if (to === undefined) return;
      else {
        setActive(rows[to]?.id ?? '');
        wantsFocus.current = true;
      }
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="map-tree" data-aside={aside || undefined} ref={scroller}>
      <div role="tree" aria-label={words.map} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return undefined;
          return (
            <div
              key={row.id}
              role="treeitem"
              tabIndex={index === current ? 0 : -1}
              aria-level={row.level}
              aria-posinset={row.position}
              aria-setsize={row.siblings}
              aria-expanded={row.expanded}
              aria-selected={row.ref !== undefined && refKey(row.ref) === chosen}
              style={{ transform: `translateY(${start}px)`, height: ROW_PX, paddingLeft: `${row.level * 14 - 6}px` }}
              onKeyDown={onKeyDown}
              onFocus={() => setActive(row.id)}
              onClick={(event) => {
                if (row.ref) onSelect(row.ref);
                if ((event.target as HTMLElement).classList.contains('map-tree-twist') || !row.ref) toggle(row);
              }}
            >
              <Line row={row} words={words} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
