/** The cluster at one instant, as explanations look at it: objects from etcd's memory, events from the trace. */
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { History, Memory, ObjectVersion } from '#engine/cluster';
import type { Millis, TraceEvent } from '#engine/sim';
import type { Subject } from './explanation.ts';
import type { RequestLog } from './request-log.ts';
import { sessionKey, subjectKey } from './subjects.ts';
import type { TraceStore } from './trace-store.ts';

/** Where explanations come from. */
export interface Sources {
  readonly traces: TraceStore;
  readonly requests: RequestLog;
  readonly memory: Memory;
  readonly history: Pick<History, 'revisionAt' | 'timeOf' | 'oldest'>;
  readonly now: Millis;
}

type Named = { readonly namespace?: string | undefined; readonly name: string };

export interface Scene {
  readonly at: Millis;
  readonly since: Millis;
  /** etcd's revision then; undefined for the present. */
  readonly revision: number | undefined;
  object<T extends KubeObject>(resource: Resource<T>, name: Named): T | undefined;
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): readonly T[];
  versions<T extends KubeObject>(resource: Resource<T>, name: Named): readonly ObjectVersion<T>[];
  timeOf(revision: number): Millis;
  /** Trace events about an object, oldest first. */
  traces(subject: Subject): readonly TraceEvent[];
  command(session: string): TraceEvent | undefined;
}

/** @param at absent: now */
export function createScene({ traces, memory, history, now }: Sources, at?: Millis): Scene {
  const past = at !== undefined && at < now;
  const revision = past ? history.revisionAt(Math.max(at, history.oldest)) : undefined;
  const until = past ? at : Number.POSITIVE_INFINITY;
  return {
    at: past ? at : now,
    since: traces.since,
    revision,
    object: (resource, name) => memory.object(resource, name, revision),
    list: (resource, namespace) => memory.list(resource, namespace, revision),
    versions: (resource, name) => memory.versions(resource, name, revision),
    timeOf: (written) => history.timeOf(written),
    traces: ({ resource, namespace, name }) =>
      traces.of(subjectKey(resource.plural, resource.namespaced ? namespace : '', name), until),
    command: (session) => traces.of(sessionKey(session), until)[0],
  };
}

/** The subject that an object is. */
export const subjectOf = (resource: Resource, { metadata }: Pick<KubeObject, 'metadata'>): Subject => ({
  resource,
  ...(resource.namespaced && { namespace: metadata.namespace }),
  name: metadata.name,
});
