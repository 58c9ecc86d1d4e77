/**
 * Turns a Pod's class into its number, and keeps PriorityClasses consistent.
 * @upstream plugin/pkg/admission/priority/admission.go
 * @fidelity full
 */
import { type Pod, type PriorityClass, pods, priorityClasses } from '#engine/api';
import { type KubeObject, statusErrors } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

const DEFAULT_PRIORITY = 0;
const DEFAULT_POLICY = 'PreemptLowerPriority';

export function priorityAdmission(stores: Stores): AdmissionPlugin {
  return {
    name: 'Priority',
    admit(attributes) {
      const { resource, operation, subresource, object, oldObject } = attributes;
      if (subresource !== '' || resource.plural !== pods.plural || resource.group !== '') return object;
      if (operation === 'CREATE') return admitPod(stores, attributes, object as Pod);
      if (operation === 'UPDATE') return keepPriority(object as Pod, oldObject as Pod);
      return object;
    },
    validate(attributes) {
      const { resource, operation, subresource } = attributes;
      if (subresource !== '' || resource.group !== priorityClasses.group || resource.plural !== priorityClasses.plural)
        return;
      if (operation === 'CREATE' || operation === 'UPDATE') validateClass(stores, attributes.object as PriorityClass);
    },
  };
}

/** An update may leave the computed fields out. */
function keepPriority(pod: Pod, old: Pod): KubeObject {
  const { priority, preemptionPolicy } = old.spec ?? {};
  if (!pod.spec) return pod as KubeObject;
  const spec = {
    ...pod.spec,
    ...(pod.spec.priority === undefined && priority !== undefined && { priority }),
    ...(pod.spec.preemptionPolicy === undefined && preemptionPolicy !== undefined && { preemptionPolicy }),
  };
  const same = spec.priority === pod.spec.priority && spec.preemptionPolicy === pod.spec.preemptionPolicy;
  return (same ? pod : { ...pod, spec }) as KubeObject;
}

function admitPod(stores: Stores, { name }: AdmissionAttributes, pod: Pod): KubeObject {
  if (!pod.spec) return pod as KubeObject;
  const about = { group: '', resource: 'pods' };
  const className = pod.spec.priorityClassName ?? '';
  const found = className ? namedClass(stores, className) : defaultClass(stores);
  if (className && !found) {
    throw statusErrors.forbidden(about, name, `no PriorityClass with name ${className} was found`);
  }
  const priority = found?.value ?? DEFAULT_PRIORITY;
  const policy = found?.preemptionPolicy ?? DEFAULT_POLICY;
  if (pod.spec.priority !== undefined && pod.spec.priority !== priority) {
    const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
    throw statusErrors.forbidden(about, name, why);
  }
  if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== policy) {
    const why = `the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    throw statusErrors.forbidden(about, name, why);
  }
  const priorityClassName = className || found?.metadata.name || '';
  const spec = { ...pod.spec, ...(priorityClassName && { priorityClassName }), priority, preemptionPolicy: policy };
  return { ...pod, spec } as KubeObject;
}

const namedClass = (stores: Stores, name: string): PriorityClass | undefined =>
  stores.of(priorityClasses).find(undefined, name);

/** Of several defaults, which should not be, the lowest. */
function defaultClass(stores: Stores): PriorityClass | undefined {
  const { storage } = stores.of(priorityClasses);
  let lowest: PriorityClass | undefined;
  for (const { value } of storage.list()) {
    if (value.globalDefault && (lowest === undefined || (value.value ?? 0) < (lowest.value ?? 0))) lowest = value;
  }
  return lowest;
}

function validateClass(stores: Stores, object: PriorityClass): void {
  if (!object.globalDefault) return;
  const existing = defaultClass(stores);
  if (!existing || existing.metadata.name === object.metadata.name) return;
  const why = `PriorityClass ${existing.metadata.name} is already marked as default. Only one default can exist`;
  throw statusErrors.forbidden(
    { group: priorityClasses.group, resource: priorityClasses.plural },
    object.metadata.name,
    why,
  );
}
