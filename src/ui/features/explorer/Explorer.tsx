/** Every resource the server has, one at a time, as the server prints it. */
import { Tags } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { rowKey, type ServedResource, useAge, useDiscovery, useTable } from '../../cluster/index.ts';
import { type DataRow, DataTable, type Marking } from '../../design/DataTable.tsx';
import { Button, EmptyState, IconButton, KindMark, Skeleton } from '../../design/index.ts';
import { useNarrower } from '../../design/use-narrower.ts';
import { select, update, useSession, useWords } from '../../session/index.ts';
import { Marked } from './Marked.tsx';
import { NamespacePicker } from './NamespacePicker.tsx';
import type { Sort } from './order.ts';
import { ResourcePicker, resourceKey } from './ResourcePicker.tsx';
import { toRows } from './rows.tsx';
import { useExplorerWords } from './words/use-words.ts';
import type { ExplorerSay } from './words/words.ts';
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

/** Pixels in which the usual columns of Pods fit; with less, the status matters more than the namespace. */
const ROOM_FOR_ALL = 640;

export default function Explorer() {
  const say = useWords();
  const groups = useDiscovery();
  const chosen = useSession((session) => session.resource);
  const resource = useMemo(
    () => groups?.flatMap((group) => group.resources).find((one) => resourceKey(one) === chosen) ?? PODS,
    [groups, chosen],
  );
  const filter = useSession((session) => session.filter);
  const own = useExplorerWords();
  const [labels, setLabels] = useState(false);
  const pane = useRef<HTMLDivElement>(null);
  const narrow = useNarrower(pane, ROOM_FOR_ALL);
  return (
    <div className="explorer" ref={pane}>
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
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
            event.preventDefault();
            pane.current?.querySelector<HTMLElement>('.row-open[tabindex="0"]')?.focus();
          }}
        />
        <IconButton label={own('showLabels')} aria-pressed={labels} onClick={() => setLabels(!labels)}>
          <Tags size={16} />
        </IconButton>
      </div>
      <ResourceTable key={resourceKey(resource)} resource={resource} filter={filter} labels={labels} narrow={narrow} />
    </div>
  );
}

interface ResourceTableProps {
  readonly resource: ServedResource;
  readonly filter: string;
  readonly labels: boolean;
  readonly narrow: boolean;
}

function ResourceTable({ resource, filter, labels, narrow }: ResourceTableProps) {
  const say = useWords();
  const own = useExplorerWords();
  const namespace = useSession((session) => session.namespace);
  const selected = useSession((session) => session.selected);
  const [sort, setSort] = useState<Sort>();
  const namespaceAt = resource.namespaced && namespace === '' ? (narrow ? 3 : 1) : undefined;
  const table = useTable(resource, resource.namespaced && namespace !== '' ? { namespace } : {});
  const labelsName = own('labels');
  const { columns, rows } = useMemo(
    () => toRows(table, { filter, namespaceAt, labels, sort }, labelsName, Age),
    [table, filter, namespaceAt, labels, sort, labelsName],
  );
  const [marks, marking] = useMarks(rows, own);
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
  const sortedAt = sort ? columns.indexOf(sort.column) : -1;
  return (
    <>
      {marks.size > 0 && <Marked resource={resource} keys={marks} onDone={() => marking.onMarkAll(false)} />}
      <DataTable
        key={`${resourceKey(resource)} ${namespace} ${filter}`}
        label={resource.plural}
        columns={columns}
        rows={rows}
        selected={isShown ? `${selected.namespace ?? ''}/${selected.name}` : undefined}
        onOpen={onOpen}
        sorting={{
          column: sortedAt < 0 ? undefined : sortedAt,
          descending: sort?.descending ?? false,
          labelOf: (column) => own('sortBy', { column }),
          onSort: (column) => setSort(nextSort(sort, columns[column] ?? '')),
        }}
        {...(resource.verbs.includes('delete') && { marking })}
      />
      <p className="explorer-count quiet">
        {say('rows', { count: rows.length, total: table.rows.length })} · <code>{commandOf(resource, namespace)}</code>
      </p>
    </>
  );
}

/** Up, down, and as the server has it. */
function nextSort(sort: Sort | undefined, column: string): Sort | undefined {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? undefined : { column, descending: true };
}

/** Rows that are marked; those that are gone are not. */
function useMarks(rows: readonly DataRow[], say: ExplorerSay): readonly [ReadonlySet<string>, Marking] {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(NONE);
  const keys = useMemo(
    () => (chosen.size === 0 ? NONE : new Set(rows.map(({ key }) => key).filter((key) => chosen.has(key)))),
    [rows, chosen],
  );
  const onMark = useCallback((key: string, marked: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      if (marked) next.add(key);
      else next.delete(key);
      return next;
    });
  }, []);
  const marking: Marking = {
    keys,
    labelOf: (key) => say('mark', { name: key.slice(key.indexOf('/') + 1) }),
    labelOfAll: say('markAll'),
    onMark,
    onMarkAll: (marked) => setChosen(marked ? new Set(rows.map(({ key }) => key)) : NONE),
  };
  return [keys, marking];
}

const NONE: ReadonlySet<string> = new Set();

/** The command whose output the table is. */
const commandOf = ({ plural, namespaced }: ServedResource, namespace: string): string =>
  `kubectl get ${plural}${namespaced ? (namespace === '' ? ' -A' : ` -n ${namespace}`) : ''} --watch`;

function Age({ since }: { readonly since: string }) {
  return useAge(since);
}
