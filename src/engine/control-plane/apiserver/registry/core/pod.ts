/**
 * Pods.
 * @upstream pkg/registry/core/pod/strategy.go
 */
import { type Pod, pods } from '#engine/api';
import { type DeleteOptions, isDns1123Label, semanticEqual } from '#engine/apimachinery';
import { withMember } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { nameIsDnsSubdomain, printList } from '../validation.ts';
import { podColumns, podRowConditions } from './pod-columns.ts';
import { defaultPod } from './pod-defaults.ts';
import { dropDisabledFields, preparationWarnings, preparePod } from './pod-prepare.ts';
import { podResizeStrategy } from './pod-resize.ts';
import { podEphemeralContainersStrategy, podStatusStrategy } from './pod-subresources.ts';
import { validatePod } from './pod-validation.ts';
import { validatePodUpdate } from './pod-validation-update.ts';
import { podWarnings } from './pod-warnings.ts';

const HOSTNAME =
  "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";

/** Updates are not warned about: people rarely make them. */
function warnings(pod: Pod, current?: Pod): readonly string[] {
  if (current) return [];
  const faults = isDns1123Label(pod.metadata.name);
  return [
    ...preparationWarnings(pod),
    ...(faults.length > 0 ? [`metadata.name: ${HOSTNAME}: ${printList(faults)}`] : []),
    ...podWarnings(pod.spec, pod.metadata),
  ];
}

/** Pods that run nowhere or have ended need no grace. */
function gracePeriod({ spec, status }: Pod, options: DeleteOptions): number {
  const asked = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 0;
  const idle = !spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded';
  return idle ? 0 : asked < 0 ? 1 : asked;
}

/** @fidelity full */
export const podStrategy: Strategy<Pod> = {
  resource: pods,
  shortNames: ['po'],
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults: defaultPod,
  prepareForCreate: preparePod,
  prepareForUpdate: (next, current) => {
    const spec = next.spec === current.spec ? next.spec : dropDisabledFields(next.spec);
    return withMember(withMember(next, 'spec', spec), 'status', current.status);
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  warnings,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status: podStatusStrategy,
  subresources: { ephemeralcontainers: podEphemeralContainersStrategy, resize: podResizeStrategy },
  allowUnconditionalUpdate: true,
  gracePeriod,
  fieldSelectors: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    // The name of long ago.
    'spec.host': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? '',
    // May be asked for, and is never there.
    'status.podIPs': () => '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  columns: podColumns,
  rowConditions: podRowConditions,
};
