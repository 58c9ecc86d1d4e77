import { useMemo } from 'react';
import { namespaces } from '#engine/api';
import { useClockControls, useDiscovery, useTable, useTables } from '../../cluster/index.ts';
import { useSession, useWords } from '../../session/index.ts';
import { useCommands } from '../commands/use-commands.ts';
import {
  commandEntries,
  type Entry,
  type Groups,
  kindEntries,
  lineEntry,
  namespaceEntries,
  objectEntries,
  usualLines,
} from './entries.ts';
import { recentIds } from './recent.ts';
import { bestOf } from './score.ts';

/** Kinds whose objects people look for by name. */
const KINDS = [
  'pods',
  'deployments.apps',
  'services',
  'nodes',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'replicasets.apps',
];

const LIMIT = 60;

/** What is offered for a query; without one, what was used lately and all commands. */
export function useEntries(query: string): readonly Entry[] {
  const say = useWords();
  const locale = useSession((session) => session.locale);
  const commands = useCommands(useClockControls());
  const served = useDiscovery();
  const spaces = useTable(namespaces);
  const named = useMemo(() => {
    const byName = new Map(
      (served ?? []).flatMap(({ name, resources }) =>
        resources.map((one) => [name === '' ? one.plural : `${one.plural}.${name}`, one] as const),
      ),
    );
    return KINDS.flatMap((kind) => byName.get(kind) ?? []);
  }, [served]);
  const tables = useTables(named);
  const groups = useMemo(
    (): Groups => ({
      kinds: say('resources'),
      namespaces: say('namespaces'),
      objects: say('objects'),
      terminal: say('inTerminal'),
    }),
    [say],
  );
  const all = useMemo(
    () => [
      ...commandEntries(commands, locale),
      ...kindEntries(served ?? [], groups.kinds),
      ...namespaceEntries(spaces, say('allNamespaces'), groups.namespaces),
      ...usualLines(groups.terminal),
      ...tables.flatMap((table, at) => {
        const resource = named[at];
        return resource ? objectEntries(resource, table, groups.objects) : [];
      }),
    ],
    [commands, locale, served, spaces, named, tables, groups, say],
  );
  return useMemo(() => {
    if (query.trim() === '') return withRecent(all, say('recent'));
    const line = lineEntry(query, groups.terminal);
    return [...(line ? [line] : []), ...bestOf(all, query, LIMIT)];
  }, [all, query, groups, say]);
}

function withRecent(all: readonly Entry[], heading: string): readonly Entry[] {
  const byId = new Map(all.map((entry) => [entry.id, entry]));
  const recent = recentIds().flatMap((id) => {
    const entry = byId.get(id);
    return entry ? [{ ...entry, group: heading }] : [];
  });
  const shown = new Set(recent.map(({ id }) => id));
  const rest = all.filter(({ id }) => !shown.has(id) && !id.startsWith('object.') && !id.startsWith('kind.'));
  return [...recent, ...rest];
}
