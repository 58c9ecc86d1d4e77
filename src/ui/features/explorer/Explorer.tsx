/** Every resource the server has, one at a time, as the server prints it. */
import { useCallback, useMemo, useRef } from 'react';
import { rowKey, type ServedResource, useAge, useDiscovery, useTable } from '../../cluster/index.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { Button, EmptyState, KindMark, Skeleton } from '../../design/index.ts';
import { useNarrower } from '../../design/use-narrower.ts';
import { select, update, useSession, useWords } from '../../session/index.ts';
import { NamespacePicker } from './NamespacePicker.tsx';
import { ResourcePicker, resourceKey } from './ResourcePicker.tsx';
import { toRows } from './rows.tsx';
import './explorer.css';

/** Shown until the server has said what it serves. */
const PODS: ServedResource = {
  group: '',
  version: 'v1',
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  namespaced: true,
  verbs: ['list', 'watch', 'get', 'delete'],
  subresources: ['log', 'exec'],
  shortNames: ['po'],
};

/** Pixels in which the usual columns of Pods fit. */
const ROOM_FOR_ALL = 620;

export default function Explorer() {
  const say = useWords();
  const groups = useDiscovery();
  const chosen = useSession((session) => session.resource);
  const resource = useMemo(
    () => groups?.flatMap((group) => group.resources).find((one) => resourceKey(one) === chosen) ?? PODS,
    [groups, chosen],
  );
  const filter = useSession((session) => session.filter);
  const place = useRef<HTMLDivElement>(null);
  const narrow = useNarrower(place, ROOM_FOR_ALL);
  return (
    <div className="explorer" ref={place}>
      <div className="field-bar">
        <KindMark kind={resource.kind} />
        <ResourcePicker groups={groups ?? [{ name: '', resources: [PODS] }]} value={resourceKey(resource)} />
        {resource.namespaced && <NamespacePicker />}
        <input
          className="field"
          type="search"
          id="explorer-filter"
          aria-label={say('filter')}
          placeholder={say('filterHint')}
          value={filter}
          onChange={(event) => update({ filter: event.target.value })}
        />
      </div>
      <ResourceTable resource={resource} filter={filter} narrow={narrow} />
    </div>
  );
}

interface ResourceTableProps {
  readonly resource: ServedResource;
  readonly filter: string;
  /** The namespace comes after what matters more. */
  readonly narrow: boolean;
}

function ResourceTable({ resource, filter, narrow }: ResourceTableProps) {
  const say = useWords();
  const namespace = useSession((session) => session.namespace);
  const selected = useSession((session) => session.selected);
  const namespaceAt = resource.namespaced && namespace === '' ? (narrow ? 3 : 1) : undefined;
  const table = useTable(resource, resource.namespaced && namespace !== '' ? { namespace } : {});
  const { columns, rows } = useMemo(() => toRows(table, filter, namespaceAt, Age), [table, filter, namespaceAt]);
  const byKey = useRef(table.rows);
  byKey.current = table.rows;

  const onOpen = useCallback(
    (key: string) => {
      const row = byKey.current.find((one) => rowKey(one) === key);
      if (!row) return;
      const { name, namespace: where } = row.object.metadata;
      select({ resource, name, ...(where !== undefined && { namespace: where }) });
    },
    [resource],
  );

  if (!table.synced) return <Skeleton label={say('loading')} />;
  if (table.error && rows.length === 0) return <EmptyState text={table.error} />;
  if (rows.length === 0) {
    if (filter === '') return <EmptyState text={say('nothingHere', { resource: resource.plural })} />;
    return (
      <EmptyState text={say('nothingMatches', { filter })}>
        <Button onClick={() => update({ filter: '' })}>{say('clearFilter')}</Button>
      </EmptyState>
    );
  }
  const isShown = selected && resourceKey(selected.resource) === resourceKey(resource);
  return (
    <>
      <DataTable
        key={`${resourceKey(resource)} ${namespace} ${filter}`}
        label={resource.plural}
        columns={columns}
        rows={rows}
        selected={isShown ? `${selected.namespace ?? ''}/${selected.name}` : undefined}
        onOpen={onOpen}
      />
      <p className="explorer-count quiet">
        {say('rows', { count: rows.length, total: table.rows.length })} · <code>{commandOf(resource, namespace)}</code>
      </p>
    </>
  );
}

/** The command whose output the table is. */
const commandOf = ({ plural, namespaced }: ServedResource, namespace: string): string =>
  `kubectl get ${plural}${namespaced ? (namespace === '' ? ' -A' : ` -n ${namespace}`) : ''} --watch`;

function Age({ since }: { readonly since: string }) {
  return useAge(since);
}
