/**
 * Holds Pods to their namespace's LimitRanges: fills in what they do not ask for, refuses what is too much or too little.
 * @upstream plugin/pkg/admission/limitranger/admission.go
 */
import {
  type Container,
  type LimitRange,
  type LimitRangeItem,
  limitRanges,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  pods,
} from '#engine/api';
import { canonicalQuantity, compareQuantity, type KubeObject, parseQuantity, statusErrors } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import { aggregateContainers, type ResourceList } from '../registry/core/pod-resources.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** @fidelity full */
export function limitRanger(stores: Stores): AdmissionPlugin {
  const rangesOf = (namespace: string): readonly LimitRange[] =>
    stores
      .of(limitRanges)
      .storage.list(namespace)
      .map(({ value }) => value);
  const isAbout = ({ resource, subresource }: AdmissionAttributes, { plural }: { readonly plural: string }) =>
    resource.group === '' && resource.plural === plural && subresource === '';
  const isNewPod = (attributes: AdmissionAttributes) => attributes.operation === 'CREATE' && isAbout(attributes, pods);
  const faultsWith = (attributes: AdmissionAttributes): ((range: LimitRange) => readonly string[]) | undefined => {
    if (isNewPod(attributes)) return (range) => faultsOf(attributes.object as Pod, range);
    if (!isAbout(attributes, persistentVolumeClaims) || attributes.operation === 'DELETE') return undefined;
    return (range) => claimFaults(attributes.object as PersistentVolumeClaim, range);
  };
  return {
    name: 'LimitRanger',
    admit(attributes) {
      if (!isNewPod(attributes)) return attributes.object;
      return rangesOf(attributes.namespace).reduce(withDefaults, attributes.object as Pod) as KubeObject;
    },
    validate(attributes) {
      const check = faultsWith(attributes);
      if (!check) return;
      for (const range of rangesOf(attributes.namespace)) {
        const faults = check(range);
        if (faults.length === 0) continue;
        const why = faults.length === 1 ? (faults[0] as string) : `[${faults.join(', ')}]`;
        throw statusErrors.forbidden({ group: '', resource: attributes.resource.plural }, attributes.name, why);
      }
    },
  };
}

const itemsOf = (range: LimitRange): readonly LimitRangeItem[] => range.spec?.limits ?? [];

/** The Pod with the defaults of one LimitRange, and the annotation that says so. */
function withDefaults(pod: Pod, range: LimitRange): Pod {
  const items = itemsOf(range).filter(({ type }) => type === 'Container');
  const limits: ResourceList = Object.assign({}, ...items.map((item) => item.default));
  const requests: ResourceList = Object.assign({}, ...items.map((item) => item.defaultRequest));
  const said: string[] = [];
  const fill = (container: Container, word: string): Container => {
    const resources = container.resources ?? {};
    const lacks = (wanted: ResourceList, has: ResourceList | undefined) =>
      Object.keys(wanted)
        .filter((name) => has?.[name] === undefined)
        .sort((a, b) => (a < b ? -1 : 1));
    const missingRequests = lacks(requests, resources.requests);
    const missingLimits = lacks(limits, resources.limits);
    if (missingRequests.length > 0) said.push(`${missingRequests.join(', ')} request for ${word} ${container.name}`);
    if (missingLimits.length > 0) said.push(`${missingLimits.join(', ')} limit for ${word} ${container.name}`);
    if (missingRequests.length + missingLimits.length === 0) return container;
    return {
      ...container,
      resources: {
        ...resources,
        ...(missingLimits.length > 0 && { limits: { ...limits, ...resources.limits } }),
        ...(missingRequests.length > 0 && { requests: { ...requests, ...resources.requests } }),
      },
    };
  };
  const { containers, initContainers } = pod.spec;
  const filled = containers?.map((container) => fill(container, 'container'));
  const filledInit = initContainers?.map((container) => fill(container, 'init container'));
  if (said.length === 0) return pod;
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${said.join('; ')}` };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers: filled, ...(filledInit && { initContainers: filledInit }) },
  };
}

function faultsOf({ spec }: Pod, range: LimitRange): readonly string[] {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  return itemsOf(range).flatMap((item) => {
    if (item.type === 'Container') {
      return containers.flatMap(({ resources: { requests = {}, limits = {} } = {} }) =>
        constraints(item, requests, limits),
      );
    }
    if (item.type !== 'Pod') return [];
    return constraints(item, aggregateContainers(spec, 'requests'), aggregateContainers(spec, 'limits'));
  });
}

/** A claim has requests only, and only storage is looked at. */
function claimFaults({ spec }: PersistentVolumeClaim, range: LimitRange): readonly string[] {
  const request = spec?.resources?.requests?.storage;
  return itemsOf(range)
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap(({ min, max }) => {
      const faults: string[] = [];
      const show = (quantity: string) => canonicalQuantity(quantity);
      const compared = (bound: string, word: string, sign: number) => {
        const must = `${word} storage usage per PersistentVolumeClaim is ${show(bound)}`;
        if (request === undefined) faults.push(`${must}.  No request is specified`);
        else if (compareQuantity(request, bound) * sign > 0) faults.push(`${must}, but request is ${show(request)}`);
      };
      if (min?.storage !== undefined) compared(min.storage, 'minimum', -1);
      if (max?.storage !== undefined) compared(max.storage, 'maximum', 1);
      return faults;
    });
}

/** What one limit has against the requests and limits, in upstream's words. */
function constraints(item: LimitRangeItem, requests: ResourceList, limits: ResourceList): readonly string[] {
  const faults: string[] = [];
  const { type } = item;
  const more = (a: string | undefined, b: string) => a !== undefined && compareQuantity(a, b) > 0;
  const less = (a: string | undefined, b: string) => a !== undefined && compareQuantity(a, b) < 0;
  const show = (quantity: string | undefined) => canonicalQuantity(quantity ?? '0');
  for (const [name, min] of Object.entries(item.min ?? {})) {
    const must = `minimum ${name} usage per ${type} is ${show(min)}`;
    if (requests[name] === undefined) faults.push(`${must}.  No request is specified`);
    else if (less(requests[name], min)) faults.push(`${must}, but request is ${show(requests[name])}`);
    else if (less(limits[name], min)) faults.push(`${must}, but limit is ${show(limits[name])}`);
  }
  for (const [name, max] of Object.entries(item.max ?? {})) {
    const must = `maximum ${name} usage per ${type} is ${show(max)}`;
    if (limits[name] === undefined) faults.push(`${must}.  No limit is specified`);
    else if (more(limits[name], max)) faults.push(`${must}, but limit is ${show(limits[name])}`);
    else if (more(requests[name], max)) faults.push(`${must}, but request is ${show(requests[name])}`);
  }
  for (const [name, ratio] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const fault = ratioFault(requests[name], limits[name], ratio);
    if (fault) faults.push(`${name} max limit to request ratio per ${type} is ${show(ratio)}, but ${fault}`);
  }
  return faults;
}

const amountOf = (quantity: string | undefined): number =>
  quantity === undefined ? 0 : Number(parseQuantity(quantity).nanos) / 1e9;

function ratioFault(request: string | undefined, limit: string | undefined, most: string): string | undefined {
  if (amountOf(request) === 0) return 'no request is specified or request is 0';
  if (amountOf(limit) === 0) return 'no limit is specified or limit is 0';
  const ratio = amountOf(limit) / amountOf(request);
  return ratio > amountOf(most) ? `provided ratio is ${ratio.toFixed(6)}` : undefined;
}
