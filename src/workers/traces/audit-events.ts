/**
 * What the audit log would say of a request: the same record in the form of audit.k8s.io/v1.
 * @upstream staging/src/k8s.io/apiserver/pkg/audit/request.go
 */

import type { RequestTrace, Walk } from '#engine/cluster';
import { formatTime, type TraceEvent } from '#engine/sim';

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** A uuid that is the same whenever it is asked for. */
function auditId(seq: number, at: number): string {
  let state = (seq * 2654435761 + at) >>> 0;
  const digits = Array.from({ length: 32 }, () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0;
    return (state >>> 28).toString(16);
  });
  digits[12] = '4';
  digits[16] = '89ab'[Number.parseInt(digits[16] as string, 16) % 4] as string;
  const text = digits.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

const userOf = (user: NonNullable<Walk['user']>) => ({
  username: user.username,
  ...(user.uid !== undefined && { uid: user.uid }),
  ...(user.groups.length > 0 && { groups: user.groups }),
  ...(user.extra && { extra: user.extra }),
});

/** Microseconds, as metav1.MicroTime. */
const microTime = (at: number): string => `${formatTime(at).slice(0, -1)}.${String(at % 1000).padStart(3, '0')}000Z`;

/** RequestReceived and ResponseComplete: level Metadata of reads, RequestResponse of writes. */
export function auditEvents({ seq, at, detail }: TraceEvent): readonly unknown[] {
  const { walk, verb, code, name } = detail as RequestTrace;
  const message = walk.refusal;
  const { info, user, impersonator, headers, query, decision } = walk;
  const parameters = query.toString();
  const level = WRITES.has(verb) ? 'RequestResponse' : 'Metadata';
  const asked = impersonator ?? user;
  const received = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: auditId(seq, walk.startedAt),
    stage: 'RequestReceived',
    requestURI: parameters === '' ? walk.path : `${walk.path}?${parameters}`,
    verb,
    ...(asked && { user: userOf(asked) }),
    ...(walk.from !== undefined && { sourceIPs: [walk.from] }),
    ...(headers['user-agent'] && { userAgent: headers['user-agent'] }),
    ...(info.isResourceRequest && { objectRef: objectRefOf(walk, name) }),
    requestReceivedTimestamp: microTime(walk.startedAt),
    stageTimestamp: microTime(walk.startedAt),
  };
  const [sent, stored] = level === 'Metadata' ? [] : objectsOf(walk);
  const completed = {
    ...received,
    stage: 'ResponseComplete',
    ...(impersonator && user && { impersonatedUser: userOf(user) }),
    responseStatus: {
      metadata: {},
      ...(code >= 400 && { status: 'Failure', ...(message !== undefined && { message }) }),
      code,
    },
    ...(sent && { requestObject: sent }),
    ...(stored && { responseObject: stored }),
    stageTimestamp: microTime(at),
    annotations: {
      ...(decision && { 'authorization.k8s.io/decision': decision.allowed ? 'allow' : 'forbid' }),
      ...(decision && { 'authorization.k8s.io/reason': decision.reason ?? '' }),
    },
  };
  return [received, completed];
}

function objectRefOf({ info }: Walk, name: string | undefined) {
  const named = info.name || name;
  return {
    resource: info.resource,
    ...(info.namespace && { namespace: info.namespace }),
    ...(named && { name: named }),
    ...(info.apiGroup && { apiGroup: info.apiGroup }),
    apiVersion: info.apiVersion,
    ...(info.subresource && { subresource: info.subresource }),
  };
}

/** What was sent, as read, and what is stored. A Secret stays out of every log. */
function objectsOf({ info, steps }: Walk) {
  if (info.resource === 'secrets') return [];
  return [
    steps.find(({ stage }) => stage === 'decode')?.after,
    steps.findLast(({ stage }) => stage === 'storage')?.after,
  ];
}
