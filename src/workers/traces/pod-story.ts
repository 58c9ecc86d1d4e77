/** How a Pod came to be as it is: from what somebody typed to the EndpointSlice that has it. */
import {
  daemonSets,
  deployments,
  endpointSlices,
  nodes,
  type Pod,
  pods,
  type Resource,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '#engine/api';
import type { CycleExplanation, Decision, KubeletTraces } from '#engine/cluster';
import type { Millis, TraceEvent } from '#engine/sim';
import { conditionSteps } from './conditions.ts';
import { decisionStep } from './decisions.ts';
import type { Step, Subject } from './explanation.ts';
import { requestSteps } from './requests.ts';
import type { Scene } from './scene.ts';
import { subjectOf } from './scene.ts';

/** Everything about one Pod, oldest first. */
export function podStory(scene: Scene, pod: Pod): readonly Step[] {
  const subject = subjectOf(pods, pod);
  const born = scene.timeOf(scene.versions(pods, subject)[0]?.revision ?? 0);
  const own = scene.traces(subject).filter(({ at }) => at >= born);
  const owned = (pod.metadata.ownerReferences ?? []).some(({ controller }) => controller);
  return [
    ...originSteps(scene, pod, born),
    ...requestSteps(scene, subject, {
      spec: true,
      without: ({ verb, resource }) =>
        (owned && verb === 'create' && resource === 'pods') || resource === 'pods/binding',
    }),
    ...schedulingSteps(own, subject),
    ...kubeletSteps(own, subject),
    ...own.flatMap(({ type, at, detail }) =>
      type === 'controller.decision' ? [decisionStep(at, detail as Decision, subject)] : [],
    ),
    ...conditionSteps(scene, subject, { Ready: 'True' }),
    ...endpointSteps(scene, pod),
  ];
}

/** Kinds that make Pods and are made by people. */
const SINGLE_OWNERS: readonly Resource[] = [daemonSets, statefulSets, replicationControllers];

/** Why somebody made the Pod: the controllers above it, up to what a person asked for. */
function originSteps(scene: Scene, pod: Pod, born: Millis): readonly Step[] {
  const { namespace } = pod.metadata;
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
  const single = SINGLE_OWNERS.find(({ kind }) => kind === owner?.kind);
  if (owner && single) {
    const set: Subject = { resource: single, namespace, name: owner.name };
    return [...causeOf(scene, set, born), ...lastDecision(scene, set, born, ({ did }) => did === 'create')];
  }
  if (owner?.kind !== 'ReplicaSet') return [];
  const set: Subject = { resource: replicaSets, namespace, name: owner.name };
  const made = lastDecision(scene, set, born, ({ controller, did }) => controller === 'replicaset' && did === 'create');
  const above = scene.object(replicaSets, set)?.metadata.ownerReferences?.find(({ kind }) => kind === 'Deployment');
  if (!above) return [...causeOf(scene, set, born), ...made];
  const deployment: Subject = { resource: deployments, namespace, name: above.name };
  const scaled = lastDecision(
    scene,
    deployment,
    born,
    (decision) =>
      decision.controller === 'deployment' && decision.replicaSet === set.name && decision.to > decision.from,
  );
  return [...causeOf(scene, deployment, scaled[0]?.at ?? born), ...scaled, ...made];
}

/** The last request before `until` that changed what the object asks for, with its command. */
export function causeOf(scene: Scene, subject: Subject, until: Millis): readonly Step[] {
  const all = requestSteps(scene, subject, {
    spec: true,
    without: ({ user }) => user.startsWith('system:serviceaccount:kube-system:') || user.startsWith('system:kube-'),
  }).filter(({ at, code }) => at <= until && code !== 'refused');
  const last = all.findLastIndex(({ code }) => code === 'request');
  if (last < 0) return [];
  const step = all[last] as Step;
  const before = all[last - 1];
  return before?.code === 'command' ? [before, step] : [step];
}

function lastDecision(
  scene: Scene,
  subject: Subject,
  until: Millis,
  wanted: (decision: Decision) => boolean,
): readonly Step[] {
  const found = scene
    .traces(subject)
    .findLast(({ type, at, detail }) => type === 'controller.decision' && at <= until && wanted(detail as Decision));
  return found ? [decisionStep(found.at, found.detail as Decision, subject)] : [];
}

/** The attempts to place it: failures with the same message are one. */
export function schedulingSteps(own: readonly TraceEvent[], subject: Subject): readonly Step[] {
  const steps: Step[] = [];
  for (const { type, at, detail } of own) {
    if (type !== 'scheduler.cycle') continue;
    const { facts } = detail as CycleExplanation;
    if (facts.nodeName !== undefined) {
      const index = facts.feasible.indexOf(facts.nodeName);
      const score = facts.scores?.totals[index];
      steps.push({
        at,
        code: 'schedule-placed',
        params: {
          node: facts.nodeName,
          total: facts.numAllNodes,
          feasible: facts.feasible.length,
          unfit: facts.refused.size,
          attempt: facts.attempt,
          ...(score !== undefined && { score }),
        },
        about: { resource: nodes, name: facts.nodeName },
      });
      continue;
    }
    const last = steps.at(-1);
    if (last?.code === 'schedule-failed' && last.message === facts.message)
      steps[steps.length - 1] = { ...last, count: (last.count ?? 1) + 1, lastAt: at };
    else
      steps.push({
        at,
        code: 'schedule-failed',
        params: { total: facts.numAllNodes },
        about: subject,
        message: facts.message,
        tone: 'bad',
      });
    const victims = facts.preemption?.candidates.find(({ node }) => node === facts.preemption?.chosen)?.victims;
    if (facts.preemption?.chosen && victims)
      steps.push({
        at,
        code: 'preempt',
        params: { node: facts.preemption.chosen, victims: victims.map(({ key }) => key).join(', ') },
        about: { resource: nodes, name: facts.preemption.chosen },
      });
  }
  return steps;
}

type Told = {
  readonly [type in keyof KubeletTraces]: (
    detail: KubeletTraces[type],
    at: Millis,
  ) => Partial<Step> & Pick<Step, 'code' | 'params'>;
};

const TOLD: Told = {
  'kubelet.pull': ({ image, node }) => ({ code: 'pull', params: { image, node } }),
  'kubelet.pulled': ({ image, ms, bytes }) => ({
    code: 'pulled',
    params: { image, seconds: (ms / 1000).toFixed(1), megabytes: Math.round(bytes / 1e6) },
  }),
  'kubelet.pull-failed': ({ image, message, retryAt }, at) => ({
    code: 'pull-failed',
    params: { image, seconds: Math.round((retryAt - at) / 1000) },
    message,
    tone: 'bad',
  }),
  'kubelet.probe': ({ container, kind, ok, output, verdict }) => ({
    code: ok ? 'probe-ok' : 'probe-failed',
    params: { container, kind, verdict: verdict ? 1 : 0 },
    ...(!ok && { message: output }),
    tone: ok ? 'good' : 'bad',
  }),
  'kubelet.back-off': ({ container, delayMs }) => ({
    code: 'back-off',
    params: { container, seconds: Math.round(delayMs / 1000) },
    tone: 'bad',
  }),
  'kubelet.kill': ({ container, reason }) => ({ code: 'kill', params: { container, reason } }),
  'kubelet.evict': ({ node, reason, message }) => ({ code: 'evict', params: { node, reason }, message, tone: 'bad' }),
};

interface OfContainer {
  readonly node: string;
  readonly container: string;
  readonly exitCode?: number;
}

/** What the kubelet and the runtime did. A loop of the same failure is one step that counts. */
function kubeletSteps(own: readonly TraceEvent[], subject: Subject): readonly Step[] {
  const steps: Step[] = [];
  for (const { type, at, detail } of own) {
    if (type in TOLD) {
      const tell = TOLD[type as keyof KubeletTraces] as (detail: unknown, at: Millis) => Omit<Step, 'at' | 'about'>;
      add(steps, { at, about: subject, ...tell(detail, at) });
    } else if (type === 'cri.started') {
      const { container, node } = detail as OfContainer;
      add(steps, { at, code: 'started', params: { container, node }, about: subject });
    } else if (type === 'cri.exited') {
      const { container, exitCode = 0 } = detail as OfContainer;
      add(steps, {
        at,
        code: 'exited',
        params: { container, exitCode },
        about: subject,
        ...(exitCode !== 0 && { tone: 'bad' as const }),
      });
    }
  }
  return steps;
}

const LOOP = 6;

/** The same thing within the last few steps: a crash loop goes round started, exited, back-off. */
function add(steps: Step[], step: Step): void {
  for (let i = steps.length - 1; i >= Math.max(0, steps.length - LOOP); i--) {
    const known = steps[i] as Step;
    if (!isSame(known, step)) continue;
    // Twice is told twice; from the third time on the last one counts.
    const earlier = steps.slice(0, i).some((other) => isSame(other, step));
    if (!earlier && known.count === undefined) break;
    steps[i] = { ...known, ...step, at: known.at, count: (known.count ?? 1) + 1, lastAt: step.at };
    return;
  }
  steps.push(step);
}

const isSame = (a: Step, b: Step): boolean =>
  a.code === b.code &&
  a.params.container === b.params.container &&
  a.params.image === b.params.image &&
  a.params.kind === b.params.kind &&
  a.params.exitCode === b.params.exitCode;

/** The EndpointSlices that have the Pod, and since when. */
function endpointSteps(scene: Scene, pod: Pod): readonly Step[] {
  const steps: Step[] = [];
  for (const slice of scene.list(endpointSlices, pod.metadata.namespace)) {
    const mine = slice.endpoints?.find(({ targetRef }) => targetRef?.uid === pod.metadata.uid);
    if (!mine) continue;
    const subject = subjectOf(endpointSlices, slice);
    const ready = mine.conditions?.ready !== false;
    // Since when it has been like this: back through the slice's versions.
    const versions = scene.versions(endpointSlices, subject);
    let since = versions.length - 1;
    while (since > 0) {
      const before = versions[since - 1]?.object.endpoints?.find(
        ({ targetRef }) => targetRef?.uid === pod.metadata.uid,
      );
      if (!before || (before.conditions?.ready !== false) !== ready) break;
      since--;
    }
    steps.push({
      at: scene.timeOf(versions[since]?.revision ?? 0),
      code: 'endpoint',
      params: {
        slice: slice.metadata.name,
        service: slice.metadata.labels?.['kubernetes.io/service-name'] ?? '',
        address: mine.addresses[0] ?? '',
        ready: ready ? 1 : 0,
      },
      about: subject,
      ...(ready && { tone: 'good' as const }),
    });
  }
  return steps;
}
