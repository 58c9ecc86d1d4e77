/** Nodes as rooms, Pods inside: the cluster at a glance, as headings and lists. */
import { memo, useMemo } from 'react';
import { nodes, pods } from '#engine/api';
import { rowKey, type Table, type TableRow, useTable } from '../../cluster/index.ts';
import { KindMark, Skeleton, Status, type Tone, ToneShape, toneOfFraction, toneOfStatus } from '../../design/index.ts';
import { select, update, useSession, useWords } from '../../session/index.ts';
import './overview.css';

interface PodView {
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly status: string;
  readonly tone: Tone;
}

/** Beyond these a room only counts. */
const PODS_PER_ROOM = 48;

const cell = (row: TableRow, index: number): string => String(row.cells[index] ?? '');

const columnOf = (table: Table, column: string): number => table.columns.findIndex(({ name }) => name === column);

/** Views of rows that did not change are the same objects again. */
const views = new WeakMap<TableRow, PodView>();

function podView(
  row: TableRow,
  columns: { readonly status: number; readonly ready: number; readonly node: number },
): PodView {
  const known = views.get(row);
  if (known) return known;
  const { name, namespace = '' } = row.object.metadata;
  const status = cell(row, columns.status);
  const ready = cell(row, columns.ready);
  const tone = toneOfStatus(status) ?? 'busy';
  const waits = tone === 'good' && toneOfFraction(ready) === 'busy';
  const node = cell(row, columns.node);
  const view: PodView = {
    key: rowKey(row),
    name,
    namespace,
    node: node === '<none>' ? '' : node,
    status: waits ? `${status} ${ready}` : status,
    tone: waits ? 'busy' : tone,
  };
  views.set(row, view);
  return view;
}

/** Pods by Node; '' holds those that have none yet. */
function roomsOf(table: Table): ReadonlyMap<string, readonly PodView[]> {
  const columns = {
    status: columnOf(table, 'Status'),
    ready: columnOf(table, 'Ready'),
    node: columnOf(table, 'Node'),
  };
  const rooms = new Map<string, PodView[]>();
  for (const row of table.rows) {
    const pod = podView(row, columns);
    const room = rooms.get(pod.node);
    if (room) room.push(pod);
    else rooms.set(pod.node, [pod]);
  }
  return rooms;
}

export default function Overview() {
  const say = useWords();
  const podTable = useTable(pods);
  const nodeTable = useTable(nodes);
  const byNode = useMemo(() => roomsOf(podTable), [podTable]);
  if (!nodeTable.synced || !podTable.synced) return <Skeleton label={say('loading')} />;
  const homeless = byNode.get('') ?? [];
  return (
    <div className="overview">
      {homeless.length > 0 && (
        <section className="room" data-homeless="" aria-label={say('unscheduled')}>
          <header>
            <h3>{say('unscheduled')}</h3>
            <span className="quiet">{homeless.length}</span>
          </header>
          <PodList items={homeless} />
        </section>
      )}
      {nodeTable.rows.map((row) => {
        const { name } = row.object.metadata;
        const inside = byNode.get(name) ?? [];
        const status = cell(row, columnOf(nodeTable, 'Status'));
        return (
          <section key={name} className="room" aria-label={`${say('node')} ${name}`}>
            <header>
              <KindMark kind="Node" />
              <h3>
                <button type="button" className="link" onClick={() => select({ resource: nodes, name })}>
                  {name}
                </button>
              </h3>
              <Status tone={toneOfStatus(status) ?? 'warn'} text={status} />
              <span className="quiet room-count">
                {inside.length} {say('pods')}
              </span>
            </header>
            <PodList items={inside} />
          </section>
        );
      })}
    </div>
  );
}

function PodList({ items }: { readonly items: readonly PodView[] }) {
  const selected = useSession((session) => session.selected);
  const chosen = selected?.resource.plural === 'pods' ? `${selected.namespace}/${selected.name}` : undefined;
  const hidden = items.length - PODS_PER_ROOM;
  return (
    <ul className="room-pods">
      {items.slice(0, PODS_PER_ROOM).map((pod) => (
        <PodChip key={pod.key} pod={pod} chosen={pod.key === chosen} />
      ))}
      {hidden > 0 && (
        <li>
          <button type="button" className="pod" onClick={() => update({ resource: '/pods' })}>
            + {hidden}
          </button>
        </li>
      )}
    </ul>
  );
}

const PodChip = memo(function PodChip({ pod, chosen }: { readonly pod: PodView; readonly chosen: boolean }) {
  const { key, name, namespace, status, tone } = pod;
  return (
    <li>
      <button
        type="button"
        className="pod"
        data-tone={tone}
        data-system={namespace === 'kube-system' ? '' : undefined}
        aria-pressed={chosen}
        title={`${key}: ${status}`}
        onClick={() => select({ resource: pods, namespace, name })}
      >
        <ToneShape tone={tone} />
        <span className="pod-name">{name}</span>
        <span className={tone === 'good' ? 'visually-hidden' : 'pod-status'}>{status}</span>
      </button>
    </li>
  );
});
