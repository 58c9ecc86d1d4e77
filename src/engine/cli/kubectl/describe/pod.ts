/**
 * describe pod, and pod templates.
 * @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go describePod
 */
import type { CoreV1Event, Pod, PodTemplateSpec } from '#engine/api';
import { annotations, controlledBy, events, labels, spreadConstraints, tolerations } from './common.ts';
import { containers, resources } from './containers.ts';
import { volumes } from './volumes.ts';
import { type DescriptionWriter, rfc1123 } from './writer.ts';

export function describePod(w: DescriptionWriter, pod: Pod, list: readonly CoreV1Event[] | undefined): void {
  const { metadata, spec, status } = pod;
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  if (spec.priority !== undefined) w.write(0, `Priority:\t${spec.priority}\n`);
  if (spec.priorityClassName) w.write(0, `Priority Class Name:\t${spec.priorityClassName}\n`);
  if (spec.runtimeClassName) w.write(0, `Runtime Class Name:\t${spec.runtimeClassName}\n`);
  if (spec.serviceAccountName) w.write(0, `Service Account:\t${spec.serviceAccountName}\n`);
  w.write(0, `Node:\t${spec.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}\n`);
  if (status?.startTime) w.write(0, `Start Time:\t${rfc1123(status.startTime)}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  statusLines(w, pod);
  addresses(w, pod);
  const owner = controlledBy(metadata);
  if (owner) w.write(0, `Controlled By:\t${owner}\n`);
  if (status?.nominatedNodeName) w.write(0, `NominatedNodeName:\t${status.nominatedNodeName}\n`);
  if (spec.resources) {
    w.write(0, 'Resources:\n');
    resources(w, spec.resources, 1);
  }
  if (spec.initContainers?.length)
    containers(w, 'Init Containers', spec.initContainers, status?.initContainerStatuses, pod, '');
  containers(w, 'Containers', spec.containers, status?.containerStatuses, pod, '');
  if (spec.ephemeralContainers?.length) {
    containers(w, 'Ephemeral Containers', spec.ephemeralContainers, status?.ephemeralContainerStatuses, pod, '');
  }
  conditions(w, pod);
  volumes(w, spec.volumes, '');
  w.write(0, `QoS Class:\t${status?.qosClass ?? ''}\n`);
  labels(w, 'Node-Selectors', spec.nodeSelector);
  tolerations(w, spec.tolerations);
  spreadConstraints(w, spec.topologySpreadConstraints);
  events(w, list);
}

function statusLines(w: DescriptionWriter, { metadata, spec, status }: Pod): void {
  const phase = status?.phase ?? '';
  if (metadata.deletionTimestamp && phase !== 'Failed' && phase !== 'Succeeded') {
    w.write(0, `Status:\tTerminating (lasts ${w.since(metadata.deletionTimestamp)})\n`);
    w.write(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s\n`);
  } else w.write(0, `Status:\t${phase}\n`);
  if (status?.reason) w.write(0, `Reason:\t${status.reason}\n`);
  if (status?.message) w.write(0, `Message:\t${status.message}\n`);
  const seccomp = spec.securityContext?.seccompProfile;
  if (!seccomp) return;
  w.write(0, `SeccompProfile:\t${seccomp.type}\n`);
  if (seccomp.type === 'Localhost') w.write(0, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}\n`);
}

function addresses(w: DescriptionWriter, { status }: Pod): void {
  w.write(0, `IP:\t${status?.podIP ?? ''}\n`);
  if (!status?.podIPs?.length) {
    w.write(0, 'IPs:\t<none>\n');
    return;
  }
  w.write(0, 'IPs:\n');
  for (const one of status.podIPs) w.write(1, `IP:\t${one.ip}\n`);
}

function conditions(w: DescriptionWriter, { spec, status }: Pod): void {
  if (spec.readinessGates?.length) {
    w.write(0, 'Readiness Gates:\n  Type\tStatus\n');
    for (const gate of spec.readinessGates) {
      const found = status?.conditions?.find((one) => one.type === gate.conditionType);
      w.write(1, `${gate.conditionType} \t${found?.status ?? '<none>'} \n`);
    }
  }
  if (status?.conditions?.length) {
    w.write(0, 'Conditions:\n  Type\tStatus\n');
    for (const one of status.conditions) w.write(1, `${one.type} \t${one.status} \n`);
  }
}

export function podTemplate(w: DescriptionWriter, template: PodTemplateSpec | undefined): void {
  w.write(0, 'Pod Template:\n');
  if (!template) {
    w.write(1, '<unset>');
    return;
  }
  const { metadata, spec } = template;
  labels(w, '  Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) annotations(w, '  Annotations', metadata?.annotations);
  if (spec?.serviceAccountName) w.write(1, `Service Account:\t${spec.serviceAccountName}\n`);
  if (spec?.initContainers?.length) containers(w, 'Init Containers', spec.initContainers, undefined, undefined, '  ');
  containers(w, 'Containers', spec?.containers ?? [], undefined, undefined, '  ');
  volumes(w, spec?.volumes, '  ');
  spreadConstraints(w, spec?.topologySpreadConstraints, '  ');
  if (spec?.priorityClassName) w.write(1, `Priority Class Name:\t${spec.priorityClassName}\n`);
  labels(w, 'Node-Selectors', spec?.nodeSelector, '  ');
  tolerations(w, spec?.tolerations, '  ');
}
