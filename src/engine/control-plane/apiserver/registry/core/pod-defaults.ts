/**
 * What the server fills into a Pod but not into a template.
 * @upstream pkg/apis/core/v1/defaults.go
 */
import type { Container, ContainerPort, Pod, PodSpec, PodStatus } from '#engine/api';
import { changeItems, remembered, withMember, withPointerDefaults } from '../sharing.ts';
import { defaultPodLevelResources } from './pod-resources.ts';
import { defaultPodSpec, withoutInitAnnotations } from './pod-spec-defaults.ts';

/** Requests that are not given equal the limits. */
function requestLimits(container: Container): Container {
  const limits = container.resources?.limits;
  if (!limits) return container;
  let requests: { [name: string]: string } | undefined;
  for (const name in limits) {
    if (container.resources?.requests?.[name] !== undefined) continue;
    requests ??= { ...container.resources?.requests };
    requests[name] = limits[name] as string;
  }
  return requests ? { ...container, resources: { ...container.resources, requests } } : container;
}

const hostPort = (port: ContainerPort): ContainerPort =>
  port.hostPort ? port : withMember(port, 'hostPort', port.containerPort);
const hostPorts = (container: Container): Container => changeItems(container, 'ports', hostPort);

const changed = (spec: PodSpec, change: (container: Container) => Container): PodSpec =>
  changeItems(changeItems(spec, 'containers', change), 'initContainers', change);

/** The single address and the list agree; where they differ the single one is believed, as older kubelets write it. */
function agreeingAddresses(status: PodStatus): PodStatus {
  const first = status.podIPs?.[0]?.ip;
  if (status.podIP) return status.podIP === first ? status : { ...status, podIPs: [{ ip: status.podIP }] };
  return first ? { ...status, podIP: first } : status;
}

/** Pods of one template share their spec, and status writes leave it alone: it is looked at once. */
const defaultOwnSpec = remembered((before: PodSpec): PodSpec => {
  const spec = defaultPodLevelResources(changed(defaultPodSpec(before), requestLimits));
  const linked = withPointerDefaults(spec, { enableServiceLinks: true });
  return linked.hostNetwork ? changed(linked, hostPorts) : linked;
});

export function defaultPod(given: Pod): Pod {
  const pod = withoutInitAnnotations(given);
  const spec = defaultOwnSpec(pod.spec ?? ({} as PodSpec));
  const status = agreeingAddresses(pod.status ?? {});
  return pod.spec === spec && pod.status === status ? pod : { ...pod, spec, status };
}
