/** Reports Pod statuses to the API, only when they differ from what was reported. @upstream pkg/kubelet/status/status_manager.go */
import { type Pod, type PodCondition, type PodStatus, pods } from '#engine/api';
import { isNotFound, StatusError } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { NetError } from '#engine/http';
import { formatTime, type World } from '#engine/sim';
import { condition } from './pod-conditions.ts';
import { isStaticPod } from './types.ts';

interface Entry {
  pod: Pod;
  status: PodStatus;
  /** What the API has, as far as we know. */
  reported: PodStatus | undefined;
  sending: boolean;
  dirty: boolean;
  /** The Pod's containers are gone and it may be deleted from the API. */
  finished: boolean;
}

const RETRY_MS = 10_000;

/** @fidelity partial: patches are computed against the cache, without a GET before each; conflicts of times are not normalised */
export class StatusManager {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly world: World,
    private readonly client: Client,
    private readonly signal: AbortSignal,
    /** The Pod in the API that shows a static Pod; undefined while there is none. */
    private readonly mirrorOf: (pod: Pod) => Pod | undefined,
  ) {}

  get(uid: string): PodStatus | undefined {
    return this.entries.get(uid)?.status;
  }

  /** @param couldRun whether containers of it may still run: then it must not be seen in a terminal phase */
  set(pod: Pod, status: PodStatus, couldRun: boolean): void {
    const entry = this.entry(pod);
    const next = merge(pod, entry.status, status, couldRun, formatTime(this.world.clock.now()));
    if (samePodStatus(entry.status, next) && entry.reported !== undefined) return;
    entry.status = next;
    this.flush(entry);
  }

  /** The sandbox is up: told at once, before any container runs. */
  setSandboxReady(pod: Pod): void {
    const entry = this.entry(pod);
    const conditions = entry.status.conditions ?? [];
    const now = formatTime(this.world.clock.now());
    const ready = condition('PodReadyToStartContainers', { status: 'True' }, { previous: conditions, pod, now });
    entry.status = {
      ...entry.status,
      conditions: conditions.map((other) => (other.type === ready.type ? ready : other)),
    };
    this.flush(entry);
  }

  /** Nothing of the Pod is left on the Node: the object may go. */
  finish(pod: Pod): void {
    const entry = this.entry(pod);
    entry.finished = true;
    this.flush(entry);
  }

  /** The API has a (newer) mirror of a static Pod. */
  observeMirror(uid: string, mirror: Pod): void {
    const entry = this.entries.get(uid);
    if (!entry || entry.sending) return;
    entry.reported = mirror.status;
    if (!samePodStatus(mirror.status, entry.status)) this.flush(entry);
  }

  /** The API has a newer version of the Pod. */
  observe(pod: Pod): void {
    const entry = this.entries.get(pod.metadata.uid ?? '');
    if (!entry) return;
    entry.pod = pod;
    if (!entry.sending) entry.reported = pod.status;
    if (entry.finished && pod.metadata.deletionTimestamp) this.flush(entry);
  }

  forget(uid: string): void {
    this.entries.delete(uid);
  }

  private entry(pod: Pod): Entry {
    const uid = pod.metadata.uid ?? '';
    let entry = this.entries.get(uid);
    if (!entry) {
      entry = { pod, status: pod.status ?? {}, reported: pod.status, sending: false, dirty: false, finished: false };
      this.entries.set(uid, entry);
    }
    entry.pod = pod;
    return entry;
  }

  private flush(entry: Entry): void {
    entry.dirty = true;
    if (!entry.sending) void this.send(entry);
  }

  private async send(entry: Entry): Promise<void> {
    entry.sending = true;
    try {
      while (entry.dirty && !this.signal.aborted) {
        entry.dirty = false;
        await this.report(entry);
      }
    } catch (error) {
      if (isNotFound(error)) return;
      if (!(error instanceof StatusError) && !(error instanceof NetError)) throw error;
      this.world.clock.after(RETRY_MS, 'kubelet/status-retry', () => {
        if (!this.signal.aborted && this.entries.has(entry.pod.metadata.uid ?? '')) this.flush(entry);
      });
    } finally {
      entry.sending = false;
    }
  }

  private async report(entry: Entry): Promise<void> {
    const pod = isStaticPod(entry.pod) ? this.mirrorOf(entry.pod) : entry.pod;
    if (!pod) return;
    const target = { namespace: pod.metadata.namespace, name: pod.metadata.name };
    const status = entry.status;
    const patch = statusPatch(entry.reported ?? {}, status);
    if (patch) {
      const body = { metadata: { uid: pod.metadata.uid }, status: patch };
      const result = await this.client.patch(pods, { ...target, subresource: 'status' }, 'strategic', body);
      entry.reported = result.status;
      if (pod === entry.pod) entry.pod = result;
    }
    if (
      entry.finished &&
      !entry.dirty &&
      !isStaticPod(entry.pod) &&
      entry.pod.metadata.deletionTimestamp !== undefined
    ) {
      const uid = pod.metadata.uid ?? '';
      await this.client.delete(pods, target, { gracePeriodSeconds: 0, preconditions: { uid } });
    }
  }
}

const TERMINAL = ['Failed', 'Succeeded'];

/** Joins what the kubelet computed with what others wrote, and holds a terminal phase back while containers may run. */
function merge(pod: Pod, old: PodStatus, next: PodStatus, couldRun: boolean, now: string): PodStatus {
  if (!TERMINAL.includes(next.phase ?? '')) return next;
  const reason = next.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
  const unready = (other: PodCondition): PodCondition =>
    (other.type === 'Ready' || other.type === 'ContainersReady') && other.status === 'True'
      ? condition(other.type, { status: 'False', reason }, { previous: old.conditions ?? [], pod, now })
      : other;
  const merged: PodStatus = { ...next, conditions: (next.conditions ?? []).map(unready) };
  if (!couldRun || TERMINAL.includes(old.phase ?? '')) return merged;
  const { reason: _reason, message: _message, phase: _phase, ...held } = merged;
  return {
    ...held,
    ...(old.phase !== undefined && { phase: old.phase }),
    ...(old.reason !== undefined && { reason: old.reason }),
    ...(old.message !== undefined && { message: old.message }),
  };
}

/** The top-level fields that differ, conditions one by one; undefined when nothing does. */
export function statusPatch(from: PodStatus, to: PodStatus): { readonly [field: string]: unknown } | undefined {
  const patch: { [field: string]: unknown } = {};
  const before = from as { readonly [field: string]: unknown };
  const after = to as { readonly [field: string]: unknown };
  for (const field of Object.keys(after)) {
    if (field !== 'conditions' && !equal(before[field], after[field])) patch[field] = after[field];
  }
  for (const field of ['podIPs', 'hostIPs'] as const)
    if (patch[field]) patch[field] = replacedAddresses(from[field], to[field]);
  // Strategic merge: null removes a field.
  for (const field of Object.keys(before))
    if (after[field] === undefined && field !== 'conditions') patch[field] = null;
  const changed = (to.conditions ?? []).filter(
    (next) =>
      !equal(
        from.conditions?.find((old) => old.type === next.type),
        next,
      ),
  );
  if (changed.length > 0) {
    patch.conditions = changed.map((next) =>
      withRemovals(
        from.conditions?.find((old) => old.type === next.type),
        next,
      ),
    );
    patch['$setElementOrder/conditions'] = (to.conditions ?? []).map(({ type }) => ({ type }));
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** Lists of addresses are merged by address: the old ones must be taken away. */
function replacedAddresses(
  old: readonly { readonly ip: string }[] | undefined,
  next: readonly { readonly ip: string }[] | undefined,
): readonly object[] {
  const gone = (old ?? []).filter(({ ip }) => !next?.some((kept) => kept.ip === ip));
  return [...gone.map(({ ip }) => ({ $patch: 'delete', ip })), ...(next ?? [])];
}

/** A condition is merged field by field: what it no longer has must be taken away. */
function withRemovals(old: PodCondition | undefined, next: PodCondition): { readonly [field: string]: unknown } {
  return {
    ...(old?.reason !== undefined && next.reason === undefined && { reason: null }),
    ...(old?.message !== undefined && next.message === undefined && { message: null }),
    ...next,
  };
}

/** Whether there would be nothing to patch; cheaper to say no. */
function samePodStatus(from: PodStatus, to: PodStatus): boolean {
  if (from.phase !== to.phase || !equal(from.containerStatuses, to.containerStatuses)) return false;
  return statusPatch(from, to) === undefined;
}

/** Deep equality; absent, null and empty objects of absent fields are told apart only where it matters. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if ((a === undefined || a === null) && (b === undefined || b === null)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false;
    return true;
  }
  const left = a as { readonly [key: string]: unknown };
  const right = b as { readonly [key: string]: unknown };
  for (const key in left) if (!equal(left[key], right[key])) return false;
  for (const key in right) if (left[key] === undefined && right[key] !== undefined && right[key] !== null) return false;
  return true;
}
