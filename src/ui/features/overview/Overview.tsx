/** Nodes as rooms, Pods inside: the cluster at a glance, as headings and lists. */
import { useMemo } from 'react';
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

const cell = (table: Table, row: TableRow, column: string): string => {
  const index = table.columns.findIndex(({ name }) => name === column);
  return String(row.cells[index] ?? '');
};

function podViews(table: Table): readonly PodView[] {
  return table.rows.map((row) => {
    const { name, namespace = '' } = row.object.metadata;
    const status = cell(table, row, 'Status');
    const tone = toneOfStatus(status) ?? 'busy';
    const ready = cell(table, row, 'Ready');
    const waits = tone === 'good' && toneOfFraction(ready) === 'busy';
    return {
      key: rowKey(row),
      name,
      namespace,
      node: cell(table, row, 'Node'),
      status: waits ? `${status} ${ready}` : status,
      tone: waits ? 'busy' : tone,
    };
  });
}

export default function Overview() {
  const say = useWords();
  const podTable = useTable(pods);
  const nodeTable = useTable(nodes);
  const byNode = useMemo(() => {
    const rooms = new Map<string, PodView[]>();
    for (const pod of podViews(podTable)) {
      const node = pod.node === '<none>' ? '' : pod.node;
      rooms.set(node, [...(rooms.get(node) ?? []), pod]);
    }
    return rooms;
  }, [podTable]);
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
        const status = cell(nodeTable, row, 'Status');
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
      {items.slice(0, PODS_PER_ROOM).map(({ key, name, namespace, status, tone }) => (
        <li key={key}>
          <button
            type="button"
            className="pod"
            data-tone={tone}
            data-system={namespace === 'kube-system' ? '' : undefined}
            aria-pressed={key === chosen}
            title={`${key}: ${status}`}
            onClick={() => select({ resource: pods, namespace, name })}
          >
            <ToneShape tone={tone} />
            <span className="pod-name">{name}</span>
            <span className={tone === 'good' ? 'visually-hidden' : 'pod-status'}>{status}</span>
          </button>
        </li>
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
