/**
 * What the server makes of a Pod that is being created.
 * @upstream pkg/registry/core/pod/strategy.go
 */

import type {
  Affinity,
  AppArmorProfile,
  Container,
  Pod,
  PodAffinity,
  PodAffinityTerm,
  PodSpec,
  ProjectedVolumeSource,
  TopologySpreadConstraint,
  Volume,
  VolumeProjection,
} from '#engine/api';
import { semanticEqual } from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import { changeItems, changeMember, withMember } from '../sharing.ts';
import type { RequestContext } from '../strategy.ts';
import { podQosClass } from './pod-qos.ts';
import { APP_ARMOR_PREFIX } from './pod-validation-annotations.ts';
import { UNSET_TIME } from './unset-time.ts';

type Labels = { readonly [key: string]: string };

/** Projections whose features are off by default are dropped; what held them stays, empty. */
const withoutAlpha = (source: VolumeProjection): VolumeProjection =>
  withMember(withMember(source, 'clusterTrustBundle', undefined), 'podCertificate', undefined);

/** Fields of features that are off by default go away without a word, as upstream lets them. */
export function dropDisabledFields(spec: PodSpec): PodSpec {
  const next = changeItems(spec, 'volumes', (volume: Volume) =>
    changeMember(volume, 'projected', (projected: ProjectedVolumeSource) =>
      changeItems(projected, 'sources', withoutAlpha),
    ),
  );
  return withMember(next, 'schedulingGroup', undefined);
}

/** Adds what match label keys stand for to a selector. */
function merged<T extends Pick<PodAffinityTerm, 'labelSelector' | 'matchLabelKeys' | 'mismatchLabelKeys'>>(
  term: T,
  labels: Labels,
): T {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (!labelSelector || matchLabelKeys.length + mismatchLabelKeys.length === 0) return term;
  const expressions = [
    ...matchLabelKeys.map((key) => ({ key, operator: 'In', values: labels[key] })),
    ...mismatchLabelKeys.map((key) => ({ key, operator: 'NotIn', values: labels[key] })),
  ].flatMap(({ key, operator, values }) => (values === undefined ? [] : [{ key, operator, values: [values] }]));
  if (expressions.length === 0) return term;
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...expressions];
  return { ...term, labelSelector: { ...labelSelector, matchExpressions } };
}

function mergedAffinity(affinity: Affinity, labels: Labels): Affinity {
  const change = (one: PodAffinity): PodAffinity => {
    const next = changeItems(one, 'requiredDuringSchedulingIgnoredDuringExecution', (term: PodAffinityTerm) =>
      merged(term, labels),
    );
    return changeItems(
      next,
      'preferredDuringSchedulingIgnoredDuringExecution',
      (weighted: { readonly podAffinityTerm: PodAffinityTerm }) =>
        changeMember(weighted, 'podAffinityTerm', (term) => merged(term, labels)),
    );
  };
  return changeMember(changeMember(affinity, 'podAffinity', change), 'podAntiAffinity', change);
}

function profileOf(annotation: string): AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const local = annotation.startsWith('localhost/') ? annotation.slice('localhost/'.length) : '';
  return local !== '' && local.trim() === local ? { type: 'Localhost', localhostProfile: local } : undefined;
}

/** Warnings that only the Pod before its preparation deserves, kept until the machinery asks for them. */
const pending = new WeakMap<PodSpec, readonly string[]>();
export const preparationWarnings = (pod: Pod): readonly string[] => pending.get(pod.spec) ?? [];

/** AppArmor by annotation and by field are the same thing: the field is written from the annotation. */
function syncAppArmor(pod: Pod): Pod {
  if (pod.spec.os?.name === 'windows') return pod;
  const ofPod = pod.spec.securityContext?.appArmorProfile;
  const warnings: string[] = [];
  const sync = (container: Container): Container => {
    const key = `${APP_ARMOR_PREFIX}${container.name}`;
    const annotation = pod.metadata.annotations?.[key];
    const own = container.securityContext?.appArmorProfile;
    if (annotation === undefined || own) return container;
    const profile = profileOf(annotation);
    const same = profile !== undefined && semanticEqual(profile, ofPod);
    if (!same)
      warnings.push(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
    if (!profile || same) return container;
    return { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } };
  };
  let spec = changeItems(changeItems(pod.spec, 'initContainers', sync), 'containers', sync);
  if (warnings.length > 0) {
    if (spec === pod.spec) spec = { ...spec };
    pending.set(spec, warnings);
  }
  return spec === pod.spec ? pod : { ...pod, spec };
}

const GATED = 'Scheduling is blocked due to non-empty scheduling gates';

function initialStatus(pod: Pod, { world }: RequestContext): Pod['status'] {
  const status = { phase: 'Pending', qosClass: podQosClass(pod) };
  if ((pod.spec.schedulingGates?.length ?? 0) === 0) return status;
  const lastTransitionTime = formatTime(world.clock.now());
  const gated = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: UNSET_TIME,
    lastTransitionTime,
    reason: 'SchedulingGated',
    message: GATED,
  };
  return { ...status, conditions: [gated] };
}

export function preparePod(pod: Pod, context: RequestContext): Pod {
  const labels = pod.metadata.labels ?? {};
  let spec = dropDisabledFields(pod.spec);
  if (spec.affinity) spec = changeMember(spec, 'affinity', (affinity) => mergedAffinity(affinity, labels));
  spec = changeItems(spec, 'topologySpreadConstraints', (constraint: TopologySpreadConstraint) =>
    merged(constraint, labels),
  );
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec = withMember(spec, 'terminationGracePeriodSeconds', 1);
  return syncAppArmor({ ...pod, spec, status: initialStatus(pod, context) });
}
