/** What keeps a workload from having all its Pods: its own conditions first, then what is wrong with the first Pods that are not Ready. */
import { type Deployment, deployments, type Pod, pods, replicaSets } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { conditionOf } from './conditions.ts';
import type { Finding, Subject } from './explanation.ts';
import { type Place, podFindings } from './pod-findings.ts';
import { type Scene, subjectOf } from './scene.ts';

type Found = Omit<Finding, 'tone' | 'fixes' | 'params'> & Partial<Finding>;
const finding = (found: Found): Finding => ({ tone: 'bad', fixes: [], params: {}, ...found });

/** Pods whose troubles are told. */
const PODS = 2;

const controllerUid = ({ metadata }: KubeObject): string | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller)?.uid;

/** The Pods that an object controls, itself or through its ReplicaSets. */
function podsUnder(scene: Scene, { metadata }: KubeObject): readonly Pod[] {
  const owners = new Set([metadata.uid]);
  for (const set of scene.list(replicaSets, metadata.namespace))
    if (controllerUid(set) === metadata.uid) owners.add(set.metadata.uid);
  return scene.list(pods, metadata.namespace).filter((pod) => owners.has(controllerUid(pod)));
}

interface Counted extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly readyReplicas?: number;
    readonly replicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

export function workloadFindings(scene: Scene, subject: Subject, object: KubeObject, place: Place): readonly Finding[] {
  const found = conditionFindings(subject, object);
  const { spec, status } = object as Counted;
  const wanted = status?.desiredNumberScheduled ?? spec?.replicas ?? 1;
  const ready = status?.numberReady ?? status?.readyReplicas ?? 0;
  const under = podsUnder(scene, object);
  const sick = under.filter(
    (pod) => conditionOf(pod, 'Ready')?.status !== 'True' && pod.metadata.deletionTimestamp === undefined,
  );
  const troubles = sick.slice(0, PODS).flatMap((pod) => podFindings(scene, pod, place));
  if (found.length === 0 && ready < wanted && troubles.length === 0)
    found.push(
      finding({
        code: 'replicas-missing',
        tone: 'busy',
        params: { wanted, ready, pods: under.length },
        about: subject,
      }),
    );
  // The same trouble of several Pods is told once.
  const told = new Set<string>();
  return [
    ...found,
    ...troubles.filter(({ code, params }) => {
      const key = `${code} ${params.image ?? params.container ?? ''}`;
      if (told.has(key)) return false;
      told.add(key);
      return true;
    }),
  ];
}

function conditionFindings(about: Subject, object: KubeObject): Finding[] {
  const found: Finding[] = [];
  const failure = conditionOf(object, 'ReplicaFailure');
  if (failure?.status === 'True')
    found.push(
      finding({ code: 'replica-failure', params: { reason: failure.reason ?? '' }, about, message: failure.message }),
    );
  const progress = conditionOf(object, 'Progressing');
  const where = ` -n ${object.metadata.namespace ?? 'default'}`;
  if (progress?.reason === 'ProgressDeadlineExceeded')
    found.push(
      finding({
        code: 'progress-deadline',
        params: { seconds: (object as Deployment).spec.progressDeadlineSeconds ?? 600 },
        about,
        message: progress.message,
        fixes: [
          { code: 'undo', params: {}, command: `kubectl rollout undo deployment/${object.metadata.name}${where}` },
        ],
      }),
    );
  if (about.resource.plural === 'deployments' && (object as Deployment).spec.paused)
    found.push(
      finding({
        code: 'rollout-paused',
        tone: 'warn',
        about,
        fixes: [
          { code: 'resume', params: {}, command: `kubectl rollout resume deployment/${object.metadata.name}${where}` },
        ],
      }),
    );
  return found;
}

/** The Deployments and ReplicaSets that a story is told of from the decisions about them. */
export const WORKLOADS: ReadonlySet<string> = new Set([
  'deployments',
  'replicasets',
  'replicationcontrollers',
  'daemonsets',
  'statefulsets',
  'jobs',
]);

export const deploymentOf = (scene: Scene, object: KubeObject): Subject | undefined => {
  const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === 'Deployment');
  const found = owner && scene.object(deployments, { namespace: object.metadata.namespace, name: owner.name });
  return found && subjectOf(deployments, found);
};
