/** What the dialog shows and does: the catalog, which clusters run where, and the room there is. */
import { useCallback, useEffect, useState } from 'react';
import {
  type ClusterEntry,
  exportCluster,
  importCluster,
  openCatalog,
  runningClusters,
  sizes,
} from '../../../workers/kept.ts';
import type { Recipe } from '../../../workers/protocol.ts';
import { type Engine, switchCluster } from '../../cluster/index.ts';

export interface ClusterRow extends ClusterEntry {
  readonly where: 'here' | 'elsewhere' | 'closed';
  readonly bytes: number;
}

export interface Room {
  readonly used: number;
  readonly quota: number;
  readonly persisted: boolean;
}

export interface Clusters {
  readonly rows: readonly ClusterRow[];
  readonly room: Room;
}

async function look(engine: Engine): Promise<Clusters> {
  const [{ id: here }, catalog, running, taken] = await Promise.all([
    engine.ready,
    openCatalog(),
    runningClusters(),
    sizes(),
  ]);
  const rows = (await catalog.list()).map((entry): ClusterRow => {
    const where = entry.id === here ? 'here' : running.has(entry.id) ? 'elsewhere' : 'closed';
    return { ...entry, where, bytes: taken.get(entry.id) ?? 0 };
  });
  rows.sort((a, b) => Number(b.where === 'here') - Number(a.where === 'here'));
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return { rows, room: { used: usage, quota, persisted: (await navigator.storage?.persisted?.()) ?? false } };
}

/** The clusters there are, and a way to look again; `error` when nothing is kept here. */
export function useClusters(engine: Engine): {
  readonly clusters: Clusters | undefined;
  readonly error: string | undefined;
  refresh(): void;
} {
  const [clusters, setClusters] = useState<Clusters>();
  const [error, setError] = useState<string>();
  const refresh = useCallback(() => {
    look(engine).then(setClusters, (why: unknown) => setError(why instanceof Error ? why.message : String(why)));
  }, [engine]);
  useEffect(refresh, [refresh]);
  return { clusters, error, refresh };
}

export const rename = async (id: string, name: string): Promise<void> => {
  await (await openCatalog()).change(id, { name });
};

/** A copy of what is on the disk, which of a running cluster is what it was a moment ago. */
export async function duplicate(engine: Engine, { id }: ClusterRow, name: string): Promise<void> {
  await engine.api.flush().catch(() => undefined);
  await (await openCatalog()).duplicate(id, name);
}

export async function saveToFile(engine: Engine, row: ClusterRow): Promise<void> {
  await engine.api.flush().catch(() => undefined);
  const url = URL.createObjectURL(await exportCluster(row));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${row.name.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'cluster'}.podarium.gz`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const openFile = async (file: File): Promise<string> => (await importCluster(await openCatalog(), file)).name;

/** Opens a new one, or one that was noted down before. */
export async function create(name: string, recipe: Recipe): Promise<void> {
  const { id } = await (await openCatalog()).add(name, recipe);
  await keepForGood();
  switchCluster(id);
}

/** A cluster that was set aside is opened as if nothing had happened: this build may be able to read it. */
export async function tryAgain(id: string): Promise<void> {
  const catalog = await openCatalog();
  const entry = await catalog.find(id);
  if (!entry) return;
  const { setAside: _why, ...rest } = entry;
  await catalog.replace(rest);
  switchCluster(id);
}

/** The cluster that runs here ends first; the one opened last takes its place. */
export async function remove(engine: Engine, { id, where }: ClusterRow): Promise<void> {
  const catalog = await openCatalog();
  if (where === 'here') await engine.api.close();
  await catalog.remove(id);
  if (where !== 'here') return;
  const next = (await catalog.list()).find((entry) => entry.setAside === undefined);
  switchCluster(next?.id ?? '');
}

/** Asks the browser not to clear what is kept. */
export const keepForGood = async (): Promise<boolean> => (await navigator.storage?.persist?.()) ?? false;
