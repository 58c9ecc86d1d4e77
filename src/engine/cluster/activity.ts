/** When anything last changed that is more than a sign of life: what "settled" is measured by. */
import type { EtcdEvent, EtcdStore } from '#engine/control-plane/etcd';
import { prefixRange } from '#engine/control-plane/etcd';
import type { Clock, Millis } from '#engine/sim';

const SIGNS_OF_LIFE = ['/registry/leases/', '/registry/events/'];

/** A Node without what it repeats every few minutes. */
function withoutHeartbeats(value: unknown): string {
  const { status } = value as { readonly status?: unknown };
  return JSON.stringify(status, (key, field) => (key === 'lastHeartbeatTime' ? undefined : field));
}

function isHeartbeat({ kv, previous, type }: EtcdEvent): boolean {
  if (SIGNS_OF_LIFE.some((prefix) => kv.key.startsWith(prefix))) return true;
  if (type !== 'PUT' || !previous || !kv.key.startsWith('/registry/minions/')) return false;
  const [before, after] = [previous.value, kv.value] as {
    readonly metadata: { readonly labels?: unknown };
    readonly spec: unknown;
  }[];
  return (
    before?.spec === after?.spec &&
    before?.metadata.labels === after?.metadata.labels &&
    withoutHeartbeats(before) === withoutHeartbeats(after)
  );
}

/** Watches the store from now on. */
export function watchActivity(clock: Clock, store: EtcdStore): { readonly changedAt: Millis } {
  const activity = { changedAt: clock.now() };
  store.watch(prefixRange('/registry/'), 0, (events) => {
    if (!events.every(isHeartbeat)) activity.changedAt = clock.now();
  });
  return activity;
}
