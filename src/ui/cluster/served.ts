/** What the server serves, as it is now: read anew when a definition of a kind comes or goes. */
import type { Resource } from '#engine/api';
import { jsonEqual, type KubeObject } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { discover, type ServedGroup } from './discovery.ts';
import { createSource, type Snapshot, type Source } from './snapshot.ts';

/** Definitions come in numbers: one reading for all of them. */
const TOGETHER_MS = 300;
const RETRY_MS = 2000;

/** Objects that add kinds, where the server knows them at all. */
const DEFINITIONS: readonly (readonly [group: string, plural: string])[] = [
  ['apiextensions.k8s.io', 'customresourcedefinitions'],
  ['apiregistration.k8s.io', 'apiservices'],
];

type Groups = readonly ServedGroup[] | undefined;

/** @param watch the live list of a resource */
export function createServed(client: Client, watch: (resource: Resource) => Snapshot<KubeObjects>): Snapshot<Groups> {
  let groups: Groups;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  const watched = new Map<string, () => void>();

  const later = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      read();
    }, ms);
  };
  const watchDefinitions = (found: readonly ServedGroup[]) => {
    for (const [group, plural] of DEFINITIONS) {
      const resource = found.find(({ name }) => name === group)?.resources.find((one) => one.plural === plural);
      if (!resource || watched.has(plural)) continue;
      watched.set(
        plural,
        watch(resource).subscribe(() => later(TOGETHER_MS)),
      );
    }
  };
  const read = () => {
    discover(client).then(
      (found) => {
        if (!wanted) return;
        watchDefinitions(found);
        if (groups && jsonEqual(groups, found)) return;
        groups = found;
        source.changed();
      },
      () => wanted && later(RETRY_MS),
    );
  };
  const source: Source<Groups> = createSource(
    () => groups,
    () => {
      wanted = true;
      read();
    },
    () => {
      wanted = false;
      clearTimeout(timer);
      timer = undefined;
      for (const stop of watched.values()) stop();
      watched.clear();
    },
  );
  return source;
}

interface KubeObjects {
  readonly items: readonly KubeObject[];
}
