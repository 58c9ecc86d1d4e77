/** Why an object is as it is: what is wrong with it and what may be done, and the chain of causes behind it. */
import { type Node, type Pod, replicaSets, type Service } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { placementOf } from '#engine/cluster/placement';
import { conditionOf, conditionSteps } from './conditions.ts';
import { decisionSteps } from './decisions.ts';
import type { Finding, Step, Subject, Why } from './explanation.ts';
import { nodeFindings } from './node-findings.ts';
import { finalizerFinding, type Place, podFindings } from './pod-findings.ts';
import { causeOf, podStory, schedulingSteps } from './pod-story.ts';
import { requestSteps } from './requests.ts';
import { createScene, type Scene, type Sources } from './scene.ts';
import { serviceFindings } from './service-findings.ts';
import { deploymentOf, WORKLOADS, workloadFindings } from './workload-findings.ts';

/** Steps that are told; of a longer story the beginning and the end. */
const STEPS = 60;

/** @param at the instant that is looked at; absent: now */
export function explain(sources: Sources, subject: Subject, at?: number): Why {
  const scene = createScene(sources, at);
  const object = scene.object(subject.resource, subject);
  const place: Place = (pod) => placementOf(sources.memory, pod, scene.revision);
  const steps = inOrder(object ? storyOf(scene, subject, object) : afterwards(scene, subject));
  return {
    at: scene.at,
    since: scene.since,
    exists: object !== undefined,
    findings: object ? findingsOf(scene, subject, object, place) : [],
    steps: steps.length > STEPS ? [...steps.slice(0, 10), ...steps.slice(10 - STEPS)] : steps,
  };
}

/** By instant; what happened at one instant stays in the order of causes. The same step told from two sides is one. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const seen = new Set<string>();
  return steps
    .filter((step) => {
      const key = `${step.at} ${step.code} ${JSON.stringify(step.params)}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => a.at - b.at);
}

function storyOf(scene: Scene, subject: Subject, object: KubeObject): readonly Step[] {
  const { plural, group } = subject.resource;
  if (plural === 'pods' && group === '') return podStory(scene, object as Pod);
  const requests = requestSteps(scene, subject, {
    spec: true,
    // A kubelet's heartbeats and a controller's bookkeeping are no causes.
    without: ({ user, verb }) => plural === 'nodes' && user.startsWith('system:node:') && verb !== 'create',
  });
  const decisions = decisionSteps(scene, subject);
  if (plural === 'nodes') {
    const good = { Ready: 'True', DiskPressure: 'False', MemoryPressure: 'False', PIDPressure: 'False' } as const;
    return [...requests, ...decisions, ...conditionSteps(scene, subject, good)];
  }
  if (plural === 'replicasets') {
    const above = deploymentOf(scene, object);
    const born = scene.timeOf(scene.versions(replicaSets, subject)[0]?.revision ?? 0);
    return [...(above ? causeOf(scene, above, born + 1) : []), ...requests, ...decisions];
  }
  const conditions =
    plural === 'deployments' ? conditionSteps(scene, subject, { Available: 'True', ReplicaFailure: 'False' }) : [];
  return [...requests, ...decisions, ...conditions];
}

/** It is gone: what is still remembered of it. */
function afterwards(scene: Scene, subject: Subject): readonly Step[] {
  const { resource } = subject;
  const requests = requestSteps(scene, subject, { spec: true });
  const decisions = decisionSteps(scene, subject);
  return resource.plural === 'pods'
    ? [...requests, ...schedulingSteps(scene.traces(subject), subject), ...decisions]
    : [...requests, ...decisions];
}

function findingsOf(scene: Scene, subject: Subject, object: KubeObject, place: Place): readonly Finding[] {
  const { plural, group } = subject.resource;
  if (group === '' && plural === 'pods') return podFindings(scene, object as Pod, place);
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp !== undefined) {
    if (finalizers.length > 0) return [finalizerFinding(subject, finalizers)];
    return [{ code: 'terminating', tone: 'busy', params: { grace: 0, seconds: 0 }, about: subject, fixes: [] }];
  }
  if (group === '' && plural === 'nodes') return nodeFindings(scene, object as Node);
  if (group === '' && plural === 'services') return serviceFindings(scene, object as Service);
  if (WORKLOADS.has(plural)) return workloadFindings(scene, subject, object, place);
  const bad = ['Ready', 'Available', 'Established']
    .map((type) => conditionOf(object, type))
    .find((one) => one?.status === 'False');
  if (!bad) return [];
  const params = { type: bad.type, reason: bad.reason ?? '' };
  return [{ code: 'condition-false', tone: 'bad', params, about: subject, message: bad.message, fixes: [] }];
}
