/** What a timeline marks: happenings read off etcd's history and the journal, each with its instant. They are views of what is kept anyway. */
import type { CoreV1Event, Node, Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { requestInfoOf } from '#engine/control-plane/apiserver';
import type { EtcdEvent } from '#engine/control-plane/etcd';
import { httpRequest } from '#engine/http';
import type { Millis } from '#engine/sim';
import type { Fault, Input } from './input.ts';

/**
 * - Pods: `created`, `ready`, `failed` (no longer ready, restarted or failed for good), `deleted`
 * - `node`: a Node came, went, or its readiness changed; `warning`: an Event of type Warning
 * - from outside: `typed` at the workstation, `changed` through the API, `fault`, `power`
 */
export type MarkKind =
  | 'created'
  | 'ready'
  | 'failed'
  | 'deleted'
  | 'node'
  | 'warning'
  | 'typed'
  | 'changed'
  | 'fault'
  | 'power';

export interface MarkRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface Mark {
  readonly at: Millis;
  readonly kind: MarkKind;
  /** In Kubernetes' own words: `default/web-5d4`, `BackOff: Back-off restarting …`, a command line. */
  readonly label: string;
  readonly ref?: MarkRef;
}

/** Where in etcd the objects lie that can make a mark. */
export const MARKED_PREFIXES = ['/registry/pods/', '/registry/minions/', '/registry/events/'] as const;

const MAX_LABEL = 160;

const short = (text: string): string => (text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text);

/** The mark that a write to etcd makes, if any. */
export function markOfWrite(event: EtcdEvent, at: Millis): Mark | undefined {
  const { key } = event.kv;
  if (key.startsWith(MARKED_PREFIXES[0])) return markOfPod(event as EtcdEvent<Pod>, at);
  if (key.startsWith(MARKED_PREFIXES[1])) return markOfNode(event as EtcdEvent<Node>, at);
  if (key.startsWith(MARKED_PREFIXES[2])) return markOfEvent(event as EtcdEvent<CoreV1Event>, at);
  return undefined;
}

function isReady({ status }: Pod | Node): boolean {
  return status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

const restarts = ({ status }: Pod): number =>
  (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);

function markOfPod({ type, kv, previous }: EtcdEvent<Pod>, at: Millis): Mark | undefined {
  const pod = kv.value;
  const { namespace = '', name } = pod.metadata;
  const mark = (kind: MarkKind, more = ''): Mark => ({
    at,
    kind,
    label: `${namespace}/${name}${more}`,
    ref: { apiVersion: 'v1', kind: 'Pod', namespace, name },
  });
  if (type === 'DELETE') return mark('deleted');
  if (!previous) return mark('created');
  const before = previous.value;
  if (pod.status === before.status) return undefined;
  if (pod.status.phase === 'Failed' && before.status.phase !== 'Failed') return mark('failed', ' Failed');
  const more = restarts(pod) - restarts(before);
  if (more > 0) return mark('failed', ` restarted (${restarts(pod)})`);
  const [ready, was] = [isReady(pod), isReady(before)];
  if (ready && !was) return mark('ready');
  const ended = pod.status.phase === 'Succeeded' || pod.metadata.deletionTimestamp !== undefined;
  return was && !ready && !ended ? mark('failed', ' NotReady') : undefined;
}

function markOfNode({ type, kv, previous }: EtcdEvent<Node>, at: Millis): Mark | undefined {
  const { name } = kv.value.metadata;
  const mark = (more: string): Mark => ({
    at,
    kind: 'node',
    label: `${name} ${more}`,
    ref: { apiVersion: 'v1', kind: 'Node', name },
  });
  if (type === 'DELETE') return mark('deleted');
  if (!previous) return mark('created');
  if (kv.value.spec.unschedulable !== previous.value.spec.unschedulable) {
    return mark(kv.value.spec.unschedulable ? 'SchedulingDisabled' : 'Schedulable');
  }
  const [ready, was] = [isReady(kv.value), isReady(previous.value)];
  return ready === was ? undefined : mark(ready ? 'Ready' : 'NotReady');
}

function markOfEvent({ type, kv, previous }: EtcdEvent<CoreV1Event>, at: Millis): Mark | undefined {
  const event = kv.value;
  // A series that goes on is one happening at its beginning.
  if (type === 'DELETE' || previous || event.type !== 'Warning') return undefined;
  const { apiVersion = 'v1', kind = '', namespace, name = '' } = event.involvedObject;
  return {
    at,
    kind: 'warning',
    label: short(`${event.reason}: ${kind} ${name}: ${event.message ?? ''}`),
    ref: { apiVersion, kind, ...(namespace && { namespace }), name },
  };
}

/** Lines typed into terminals, put together from keystrokes. */
export class TypedLines {
  private readonly terminals = new Map<string, { line: string; readonly past: string[]; back: number }>();

  /** The lines that these keystrokes ended. */
  type(terminal: string, text: string): readonly string[] {
    const known = this.terminals.get(terminal) ?? { line: '', past: [], back: 0 };
    this.terminals.set(terminal, known);
    const ended: string[] = [];
    for (const key of text.match(KEYS) ?? []) {
      if (key === '\r' || key === '\n') {
        const line = known.line.trim();
        if (line) {
          ended.push(line);
          known.past.push(line);
        }
        known.line = '';
        known.back = 0;
      } else this.edit(known, key);
    }
    return ended;
  }

  private edit(known: { line: string; readonly past: readonly string[]; back: number }, key: string): void {
    if (key === '\x7f' || key === '\b') known.line = known.line.slice(0, -1);
    else if (key === '\x03' || key === '\x15') known.line = '';
    else if (key === '\x17') known.line = known.line.replace(/\S+\s*$/, '');
    // What Tab added is not known here.
    else if (key === '\t') known.line += '…';
    else if (key === '\x1b[A' || key === '\x1b[B') {
      known.back = Math.min(known.past.length, Math.max(0, known.back + (key === '\x1b[A' ? 1 : -1)));
      known.line = known.back === 0 ? '' : (known.past[known.past.length - known.back] as string);
    } else if (key >= ' ' && !key.startsWith('\x1b')) known.line += key;
  }
}

const ESCAPE = String.fromCharCode(27);

/** One key press: a character, or what a terminal sends for arrows and the like. */
const KEYS = new RegExp(`${ESCAPE}(?:\\[[0-9;]*[A-Za-z~]|O[A-Z]|.)|[^]`, 'gu');

/** The marks that an input makes. */
export function marksOfInput(input: Input, at: Millis, typed: TypedLines): readonly Mark[] {
  const one = (kind: MarkKind, label: string, ref?: MarkRef): readonly Mark[] => [
    { at, kind, label: short(label), ...(ref && { ref }) },
  ];
  if (input.type === 'command') return one('typed', input.line);
  if (input.type === 'terminal.input') {
    return typed.type(input.terminal, input.text).flatMap((line) => one('typed', line));
  }
  if (input.type === 'fault') return one('fault', faultText(input.fault), refOfFault(input.fault));
  if (input.type === 'http') return changeOf(input, one);
  return (input.type as string) === 'power-cycle' ? one('power', '') : [];
}

const WRITES: { readonly [verb: string]: string } = {
  create: 'create',
  update: 'update',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};

function changeOf(
  { method, url, body }: Extract<Input, { type: 'http' }>,
  one: (kind: MarkKind, label: string, ref?: MarkRef) => readonly Mark[],
): readonly Mark[] {
  const request = httpRequest(method, url);
  const { isResourceRequest, verb, resource, subresource, namespace, name } = requestInfoOf(request);
  const word = WRITES[verb];
  if (!isResourceRequest || !word || request.query.has('dryRun') || READ_BY_POST.has(resource)) return [];
  if (['exec', 'attach', 'portforward', 'token', 'proxy'].includes(subresource)) return [];
  const target = [namespace, resource, name || nameIn(body), subresource].filter(Boolean).join('/');
  return one('changed', `${word} ${target}`);
}

const READ_BY_POST = new Set([
  'subjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'localsubjectaccessreviews',
  'selfsubjectreviews',
  'tokenreviews',
]);

function nameIn(body: string | undefined): string {
  if (!body?.startsWith('{')) return '';
  try {
    return (JSON.parse(body) as Partial<KubeObject>).metadata?.name ?? '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}

function faultText(fault: Fault): string {
  const { do: what, ...rest } = fault as Fault & { readonly [field: string]: unknown };
  const words = Object.values(rest).flatMap((value) => (Array.isArray(value) ? [value.join(' – ')] : [String(value)]));
  return [what, ...words].join(' ');
}

function refOfFault(fault: Fault): MarkRef | undefined {
  if ('node' in fault) return { apiVersion: 'v1', kind: 'Node', name: fault.node };
  if ('pod' in fault) return { apiVersion: 'v1', kind: 'Pod', namespace: fault.namespace, name: fault.pod };
  return undefined;
}
