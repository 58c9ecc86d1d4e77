/** Who a Pod of a StatefulSet is: its ordinal, name, labels, host name and claims. @upstream pkg/controller/statefulset/stateful_set_utils.go */
import type { Pod, PodTemplateSpec, StatefulSet } from '#engine/api';
import type { Draft } from '#engine/apimachinery';
import { podFromTemplate } from '../pod-control.ts';

const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';
const MAX_ORDINAL = 2 ** 31 - 1;

const MEMBER = /^(.*)-([0-9]+)$/;

/** -1 for a name without one. */
export function ordinalOf({ metadata }: Pod): number {
  const digits = MEMBER.exec(metadata.name)?.[2];
  const ordinal = digits === undefined ? -1 : Number(digits);
  return ordinal > MAX_ORDINAL ? -1 : ordinal;
}

/** Whether the Pod's name makes it one of the set. */
export const isMember = (set: StatefulSet, pod: Pod): boolean =>
  (MEMBER.exec(pod.metadata.name)?.[1] ?? '') === set.metadata.name;

export const startOrdinal = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;

export function isInRange(set: StatefulSet, ordinal: number): boolean {
  const start = startOrdinal(set);
  return ordinal >= start && ordinal < start + (set.spec.replicas ?? 1);
}

export const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[REVISION_LABEL] ?? '';

/** The name of the claim that a template makes for the Pod of an ordinal. */
export const claimName = (set: StatefulSet, template: string, ordinal: number): string =>
  `${template}-${set.metadata.name}-${ordinal}`;

const templateNames = ({ spec }: StatefulSet): readonly string[] =>
  (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);

/** The template that a claim of that name comes from. */
export const claimTemplateOf = (set: StatefulSet, claim: string): string | undefined =>
  templateNames(set).find(
    (name) =>
      claim.startsWith(`${name}-${set.metadata.name}-`) &&
      /^\d+$/.test(claim.slice(name.length + set.metadata.name.length + 2)),
  );

type Volumes = NonNullable<Pod['spec']['volumes']>;

/** The volumes of a Pod: its claims first, then those of the template that have other names. */
function volumesOf(set: StatefulSet, ordinal: number, own: Volumes | undefined): Volumes | undefined {
  const names = templateNames(set);
  if (names.length === 0) return own;
  const claims = names.map((name) => ({ name, persistentVolumeClaim: { claimName: claimName(set, name, ordinal) } }));
  return [...claims, ...(own ?? []).filter(({ name }) => !names.includes(name))];
}

/** The Pod for an ordinal, made from the template of a revision. */
export function podFor(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): Draft<Pod> {
  const { metadata, spec, ...rest } = podFromTemplate(set, template);
  const name = `${set.metadata.name}-${ordinal}`;
  const volumes = volumesOf(set, ordinal, template.spec?.volumes);
  return {
    ...rest,
    metadata: {
      ...metadata,
      name,
      labels: {
        ...metadata.labels,
        [POD_NAME_LABEL]: name,
        [POD_INDEX_LABEL]: String(ordinal),
        [REVISION_LABEL]: revision,
      },
    },
    spec: {
      ...(spec as Pod['spec']),
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
      ...(volumes && { volumes }),
    },
  };
}

export const identityMatches = (set: StatefulSet, pod: Pod): boolean =>
  isMember(set, pod) && ordinalOf(pod) >= 0 && pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name;

export function storageMatches(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod);
  return templateNames(set).every((name) =>
    pod.spec.volumes?.some(
      (volume) => volume.name === name && volume.persistentVolumeClaim?.claimName === claimName(set, name, ordinal),
    ),
  );
}

/** The Pod with the identity and volumes it should have. */
export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const ordinal = ordinalOf(pod);
  const labels = {
    ...pod.metadata.labels,
    [POD_NAME_LABEL]: pod.metadata.name,
    [POD_INDEX_LABEL]: String(ordinal),
  };
  const next = { ...pod, metadata: { ...pod.metadata, labels } };
  if (storageMatches(set, pod)) return next;
  const volumes = volumesOf(set, ordinal, pod.spec.volumes);
  return { ...next, spec: { ...pod.spec, ...(volumes && { volumes }) } };
}
