/** /metrics: the few figures that are true here, in Prometheus' text form. */

import { groupResourceName } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { Server } from './endpoint.ts';

/** @fidelity partial: object counts, watchers and the revision; no latencies, for requests take no virtual time */
export function metrics({ stores }: Server): HttpResponse {
  const objects: string[] = [];
  const watchers: string[] = [];
  for (const { resource, storage, cache } of stores.all()) {
    const name = groupResourceName({ group: resource.group, resource: resource.plural });
    objects.push(`apiserver_storage_objects{resource="${name}"} ${storage.count()}`);
    watchers.push(
      `apiserver_longrunning_requests{group="${resource.group}",resource="${resource.plural}",verb="WATCH",version="${resource.version}"} ${cache.watcherCount}`,
    );
  }
  const text = [
    '# HELP apiserver_storage_objects [STABLE] Number of stored objects at the time of last check split by kind.',
    '# TYPE apiserver_storage_objects gauge',
    ...sorted(objects),
    '# HELP apiserver_longrunning_requests [STABLE] Gauge of all active long-running apiserver requests.',
    '# TYPE apiserver_longrunning_requests gauge',
    ...sorted(watchers),
    '',
  ].join('\n');
  return {
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    body: { kind: 'text', text },
  };
}

const sorted = (lines: readonly string[]): readonly string[] => lines.toSorted((a, b) => (a < b ? -1 : 1));
