/**
 * The APIServices that stand for what this server serves itself: one per group and version.
 * @upstream cmd/kube-apiserver/app/aggregator.go, pkg/controlplane/apiserver/aggregator.go
 */
import type { APIService } from '#engine/api';

/** Priority of the group, and of the version within it. */
const PRIORITIES: { readonly [groupVersion: string]: readonly [group: number, version: number] } = {
  v1: [18_000, 1],
  'apps/v1': [17_800, 15],
  'events.k8s.io/v1': [17_750, 15],
  'authentication.k8s.io/v1': [17_700, 15],
  'authorization.k8s.io/v1': [17_600, 15],
  'autoscaling/v1': [17_500, 15],
  'autoscaling/v2': [17_500, 30],
  'batch/v1': [17_400, 15],
  'certificates.k8s.io/v1': [17_300, 15],
  'networking.k8s.io/v1': [17_200, 15],
  'policy/v1': [17_100, 15],
  'rbac.authorization.k8s.io/v1': [17_000, 15],
  'storage.k8s.io/v1': [16_800, 15],
  'apiextensions.k8s.io/v1': [16_700, 15],
  'admissionregistration.k8s.io/v1': [16_700, 15],
  'scheduling.k8s.io/v1': [16_600, 15],
  'coordination.k8s.io/v1': [16_500, 15],
  'node.k8s.io/v1': [16_300, 15],
  'discovery.k8s.io/v1': [16_200, 15],
  'resource.k8s.io/v1': [16_200, 21],
  'flowcontrol.apiserver.k8s.io/v1': [16_100, 21],
};

const MANAGED = 'kube-aggregator.kubernetes.io/automanaged';
/** What a CustomResourceDefinition's group and version get. */
const CUSTOM: readonly [number, number] = [1000, 100];

/**
 * The APIService of a group and version of this server's own, without its status.
 * @param kept `onstart` for what is compiled in, `true` for what comes and goes with a CustomResourceDefinition
 */
export function localApiService(group: string, version: string, kept: 'onstart' | 'true') {
  const [groupPriorityMinimum, versionPriority] =
    (kept === 'onstart' ? PRIORITIES[group ? `${group}/${version}` : version] : undefined) ?? CUSTOM;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: { [MANAGED]: kept } },
    spec: { ...(group && { group }), version, groupPriorityMinimum, versionPriority },
  };
}

/** Whether an APIService is kept for a CustomResourceDefinition, and goes with it. */
export const isAutoManaged = ({ metadata }: APIService): boolean => metadata.labels?.[MANAGED] === 'true';

/** What is said of every APIService without a Service. */
export const LOCAL = {
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
} as const;

/** The same as a condition. */
export const localAvailable = (now: string) => ({ type: 'Available', lastTransitionTime: now, ...LOCAL });
