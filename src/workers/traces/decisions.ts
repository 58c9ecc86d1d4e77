/** What controllers decided, as steps. */
import { nodes, pods, replicaSets } from '#engine/api';
import type { Decision, Fault } from '#engine/cluster';
import type { Millis, TraceEvent } from '#engine/sim';
import type { Step, Subject } from './explanation.ts';
import type { Scene } from './scene.ts';

/** The decisions about an object. */
export const decisionSteps = (scene: Scene, subject: Subject): readonly Step[] =>
  scene.traces(subject).flatMap((event) => {
    if (event.type === 'controller.decision') return [decisionStep(event.at, event.detail as Decision, subject)];
    if (event.type === 'fault') return [faultStep(event, subject)];
    return [];
  });

/** A deliberate fault. */
function faultStep({ at, detail }: TraceEvent, about?: Subject): Step {
  const fault = detail as Fault;
  const params = Object.fromEntries(
    Object.entries(fault).map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
  );
  return { at, code: 'fault', params, about };
}

export function decisionStep(at: Millis, decision: Decision, about: Subject): Step {
  const { namespace } = decision.about;
  switch (decision.controller) {
    case 'deployment': {
      const { replicaSet, from, to, desired, because } = decision;
      const subject = { resource: replicaSets, namespace, name: replicaSet };
      return { at, code: 'scale', params: { replicaSet, from, to, desired, because }, about: subject };
    }
    case 'replicaset':
    case 'replicationcontroller': {
      const { controller, did, count, wanted, active, about: set } = decision;
      const kind = controller === 'replicaset' ? 'ReplicaSet' : 'ReplicationController';
      const params = { kind, count, wanted, active, replicaSet: set.name };
      return { at, code: did === 'create' ? 'pods-create' : 'pods-delete', params, about };
    }
    case 'daemonset': {
      const names = decision.nodes ?? decision.pods ?? [];
      const params = { count: names.length, names: names.slice(0, 5).join(', '), daemonSet: decision.about.name };
      return { at, code: decision.did === 'create' ? 'daemon-create' : 'daemon-delete', params, about };
    }
    case 'statefulset': {
      const params = { pod: decision.pod, statefulSet: decision.about.name };
      return { at, code: `stateful-${decision.because}`, params, about };
    }
    case 'job': {
      const { did, count, wanted, active, succeeded, failed } = decision;
      const params = { job: decision.about.name, count, wanted, active, succeeded, failed };
      return { at, code: did === 'create' ? 'job-create' : 'job-delete', params, about };
    }
    case 'cronjob': {
      const { job = '', scheduledAt, because } = decision;
      return { at, code: `cron-${because}`, params: { job, scheduled: scheduledAt }, about };
    }
    case 'nodelifecycle': {
      const params = {
        heard: decision.heardAt,
        silent: Math.round((at - decision.heardAt) / 1000),
        grace: decision.graceMs / 1000,
      };
      return { at, code: 'node-unknown', params, about, tone: 'bad' };
    }
    case 'tainteviction': {
      const { did, node = '', taints = [], dueAt = at } = decision;
      const params = { node, taints: taints.join(', '), seconds: Math.round((dueAt - at) / 1000) };
      const where = did === 'plan' && node ? { resource: nodes, name: node } : about;
      return {
        at,
        code: did === 'plan' ? 'taint-plan' : did === 'cancel' ? 'taint-cancel' : 'taint-evict',
        params,
        about: where,
      };
    }
    case 'garbagecollector':
      return { at, code: 'collected', params: { owners: decision.owners.join(', ') }, about };
    case 'podgc':
      return {
        at,
        code: 'pod-collected',
        params: { because: decision.because, node: decision.node ?? '' },
        about: { resource: pods, namespace, name: decision.about.name },
      };
  }
}
