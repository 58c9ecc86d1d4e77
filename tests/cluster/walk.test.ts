/** Walks of real requests, as the page shows them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestRows, walkOf } from '../../src/workers/traces/index.ts';
import { RequestLog } from '../../src/workers/traces/request-log.ts';
import type { RequestQuery, RequestWalk, Station } from '../../src/workers/traces/request-walk.ts';
import { TraceStore } from '../../src/workers/traces/trace-store.ts';
import { Lab } from './lab.ts';

let lab: Lab;
const traces = new TraceStore();
const requests = new RequestLog();
let read = 0;

function sources() {
  for (; read < lab.traces.length; read++) {
    traces.take(lab.traces[read] as never);
    requests.take(lab.traces[read] as never);
  }
  const { memory, history } = lab.cluster;
  return { traces, requests, memory, history, now: lab.now };
}

const rows = (query: Partial<RequestQuery> = {}) => requestRows(sources(), { of: 'people', limit: 50, ...query });

/** The newest request of people with that method and path. */
function walk(method: string, path: RegExp): RequestWalk {
  const row = rows().find((one) => one.method === method && path.test(one.path));
  const found = row && walkOf(sources(), row.id);
  if (!found) throw new Error(`no ${method} ${path}`);
  return found;
}

const line = ({ stations }: RequestWalk) =>
  stations.map(({ code, verdict, facts }) => `${code}${facts.plugin ? `(${facts.plugin})` : ''} ${verdict}`);
const station = ({ stations }: RequestWalk, code: string, plugin?: string) =>
  stations.find((one) => one.code === code && (plugin === undefined || one.facts.plugin === plugin)) as Station;

beforeAll(async () => {
  lab = await Lab.boot({ nodes: 1, shape: 'hollow' });
  await lab.pass(2);
}, 60_000);
afterAll(() => lab.stop());

describe('a request that is granted', () => {
  it('passes every station, and each plugin that changed the object has its diff', async () => {
    await lab.ok('kubectl run web --image=nginx');
    const made = walk('POST', /\/pods/);
    expect(line(made)).toEqual([
      'connection passed',
      'authentication passed',
      'priority passed',
      'authorization passed',
      'decode passed',
      'defaulting changed',
      'managed-fields changed',
      'mutating(ServiceAccount) changed',
      'mutating(Priority) changed',
      'mutating(DefaultTolerationSeconds) changed',
      'mutating passed',
      'prepare changed',
      'validation passed',
      'validating passed',
      'quota passed',
      'storage passed',
      'response passed',
    ]);
    expect(made.row).toMatchObject({ code: 201, program: 'kubectl', line: 'kubectl run web --image=nginx' });
    expect(station(made, 'defaulting').changes).toContainEqual({ path: 'spec.schedulerName', to: 'default-scheduler' });
    expect(station(made, 'mutating', 'Priority').changes).toEqual([
      { path: 'spec.priority', to: '0' },
      { path: 'spec.preemptionPolicy', to: 'PreemptLowerPriority' },
    ]);
    expect(station(made, 'storage').facts).toMatchObject({
      key: 'pods/default/web',
      revision: expect.stringMatching(/^\d+$/),
    });
    expect(made.audit).toMatchObject([
      {
        stage: 'RequestReceived',
        level: 'RequestResponse',
        verb: 'create',
        objectRef: { resource: 'pods', name: 'web' },
      },
      {
        stage: 'ResponseComplete',
        responseStatus: { code: 201 },
        requestObject: { kind: 'Pod' },
        annotations: { 'authorization.k8s.io/decision': 'allow' },
      },
    ]);
  });

  it('shows what a patch made of the object, and a read as the short way it is', async () => {
    await lab.ok('kubectl label pod web colour=blue');
    const patched = walk('PATCH', /\/pods\/web/);
    expect(station(patched, 'patch').changes).toEqual([{ path: 'metadata.labels.colour', to: 'blue' }]);
    expect(station(patched, 'storage')).toMatchObject({ verdict: 'changed' });
    await lab.ok('kubectl get pods');
    expect(line(walk('GET', /\/pods\?limit/))).toEqual([
      'connection passed',
      'authentication passed',
      'priority passed',
      'authorization passed',
      'read passed',
      'response passed',
    ]);
  });

  it('is found by the command it came from', async () => {
    await lab.ok('kubectl delete pod web --now');
    const { session } = rows()[0] ?? {};
    const own = rows(session === undefined ? {} : { session });
    expect(session).toBeDefined();
    expect(own.map(({ method }) => method)).toContain('DELETE');
    expect(new Set(own.map((row) => row.line))).toEqual(new Set(['kubectl delete pod web --now']));
  });
});

describe('a request that is refused', () => {
  it('ends where it was refused, with the words', async () => {
    await lab.sh('kubectl create deployment BAD --image=nginx');
    const refused = walk('POST', /deployments/);
    expect(station(refused, 'validation')).toMatchObject({
      verdict: 'refused',
      message: expect.stringContaining('RFC 1123'),
    });
    expect(refused.stations.slice(-5).map(({ verdict }) => verdict)).toEqual([
      'refused',
      'skipped',
      'skipped',
      'skipped',
      'refused',
    ]);
  });

  it('names the rule and binding that allowed, or those that came nearest', async () => {
    await lab.ok('kubectl create ns other && kubectl create role reader --verb=get --resource=pods');
    await lab.ok('kubectl create rolebinding anna-reads --role=reader --user=anna');
    await lab.ok('kubectl create rolebinding anna-views --clusterrole=view --user=anna -n other');
    await lab.ok('kubectl create rolebinding near --clusterrole=edit --serviceaccount=other:anna');
    await lab.sh('kubectl get pods --as=anna');
    const denied = station(walk('GET', /\/pods\?limit/), 'authorization');
    expect(denied.verdict).toBe('refused');
    expect(denied.misses?.slice(0, 3)).toMatchObject([
      { lacks: 'subject', binding: { name: 'near' }, subject: { kind: 'ServiceAccount', namespace: 'other' } },
      { lacks: 'namespace', binding: { name: 'anna-views', namespace: 'other' }, has: ['other'] },
      { lacks: 'verb', binding: { name: 'anna-reads' }, role: { name: 'reader' }, has: ['get'] },
    ]);
    const command = denied.misses?.find(({ lacks }) => lacks === 'binding')?.command;
    expect(command).toBe('kubectl create rolebinding view-anna --clusterrole=view --user=anna --namespace=default');
    await lab.ok(command as string);
    await lab.ok('kubectl get pods --as=anna');
    const allowed = walk('GET', /\/pods\?limit/);
    expect(station(allowed, 'impersonation').facts).toMatchObject({ user: 'anna' });
    expect(station(allowed, 'authorization')).toMatchObject({
      verdict: 'passed',
      rule: { verbs: expect.arrayContaining(['list']) },
      facts: { reason: expect.stringContaining('"view-anna/default" of ClusterRole "view" to User "anna"') },
    });
    expect(rows({ refused: true }).some(({ code }) => code === 403)).toBe(true);
  });
});
