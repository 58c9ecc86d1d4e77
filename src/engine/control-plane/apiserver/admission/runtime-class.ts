/**
 * A Pod that names a RuntimeClass needs one that exists, and gets its overhead and its place.
 * @upstream plugin/pkg/admission/runtimeclass/admission.go
 */
import { type Pod, pods, type RuntimeClass, runtimeClasses } from '#engine/api';
import { type KubeObject, semanticEqual, statusErrors } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

/** @fidelity full */
export function runtimeClassAdmission(stores: Stores): AdmissionPlugin {
  const concerns = ({ resource, subresource, operation }: AdmissionAttributes) =>
    resource.group === '' && resource.plural === pods.plural && subresource === '' && operation === 'CREATE';
  const classOf = (attributes: AdmissionAttributes): RuntimeClass | undefined => {
    const wanted = (attributes.object as Pod).spec?.runtimeClassName;
    if (wanted === undefined) return undefined;
    const found = stores.of(runtimeClasses).find(undefined, wanted);
    if (!found) refuse(attributes, `pod rejected: RuntimeClass ${JSON.stringify(wanted)} not found`);
    return found;
  };
  return {
    name: 'RuntimeClass',
    admit(attributes) {
      if (!concerns(attributes)) return attributes.object;
      const runtimeClass = classOf(attributes);
      if (!runtimeClass) return attributes.object;
      const pod = attributes.object as Pod;
      return withPlace(attributes, withOverhead(attributes, pod, runtimeClass), runtimeClass) as KubeObject;
    },
    validate(attributes) {
      if (!concerns(attributes)) return;
      const overhead = classOf(attributes)?.overhead;
      const { spec } = attributes.object as Pod;
      if (!overhead && spec.overhead) {
        refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
      }
    },
  };
}

function refuse({ name }: AdmissionAttributes, why: string): never {
  throw statusErrors.forbidden({ group: '', resource: 'pods' }, name, why);
}

function withOverhead(attributes: AdmissionAttributes, pod: Pod, { overhead }: RuntimeClass): Pod {
  if (!overhead?.podFixed) return pod;
  if (pod.spec.overhead && !semanticEqual(pod.spec.overhead, overhead.podFixed)) {
    refuse(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  return { ...pod, spec: { ...pod.spec, overhead: overhead.podFixed } };
}

/** The Node selector and the tolerations of the class, added to the Pod's. */
function withPlace(attributes: AdmissionAttributes, pod: Pod, { scheduling }: RuntimeClass): Pod {
  if (!scheduling) return pod;
  const { nodeSelector: own = {}, tolerations = [] } = pod.spec;
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    if (own[key] === undefined || own[key] === value) continue;
    const sides = `runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`;
    refuse(attributes, `conflict: ${sides}`);
  }
  const added = (scheduling.tolerations ?? []).filter((one) => !tolerations.some((known) => semanticEqual(known, one)));
  const nodeSelector = { ...own, ...scheduling.nodeSelector };
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
      ...(added.length > 0 && { tolerations: [...tolerations, ...added] }),
    },
  };
}
