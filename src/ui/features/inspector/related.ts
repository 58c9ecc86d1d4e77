/** What an object has to do with others of its namespace: found in lists, by selectors, names and owners. */
import type { Container, EndpointSlice, Pod, Service } from '#engine/api';
import {
  configMaps,
  endpointSlices,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type Resource,
  secrets,
  serviceAccounts,
  services,
} from '#engine/api';
import { type KubeObject, labelsAsMatcher, matchesLabels } from '#engine/apimachinery';
import type { ObjectReference } from '../../session/index.ts';
import type { InspectorWord } from './words/words.ts';

export interface Relation {
  readonly word: InspectorWord;
  readonly objects: readonly ObjectReference[];
}

/** The lists that relations are looked for in. */
export interface Surroundings {
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
}

const refTo = (resource: Resource, namespace: string | undefined, name: string): ObjectReference => ({
  resource,
  ...(resource.namespaced && namespace !== undefined && { namespace }),
  name,
});

const refOf = (resource: Resource, { metadata }: Pick<KubeObject, 'metadata'>): ObjectReference =>
  refTo(resource, metadata.namespace, metadata.name);

const selects = ({ spec }: Service, pod: Pod): boolean =>
  spec.selector !== undefined &&
  Object.keys(spec.selector).length > 0 &&
  matchesLabels(labelsAsMatcher(spec.selector), pod.metadata.labels);

const serviceOf = (slice: EndpointSlice): string | undefined => slice.metadata.labels?.['kubernetes.io/service-name'];

/** ConfigMaps, Secrets and claims by `plural/name` that a Pod needs, in volumes and environment. */
function needsOf({ metadata, spec }: Pick<Pod, 'metadata' | 'spec'>): readonly (readonly [Resource, string])[] {
  const found = new Map<string, readonly [Resource, string]>();
  const add = (resource: Resource, name: string | undefined) => {
    if (name) found.set(`${resource.plural}/${name}`, [resource, name]);
  };
  const ofContainer = ({ env = [], envFrom = [] }: Container) => {
    for (const { valueFrom } of env) {
      add(configMaps, valueFrom?.configMapKeyRef?.name);
      add(secrets, valueFrom?.secretKeyRef?.name);
    }
    for (const { configMapRef, secretRef } of envFrom) {
      add(configMaps, configMapRef?.name);
      add(secrets, secretRef?.name);
    }
  };
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) ofContainer(container);
  for (const { name, configMap, secret, projected, persistentVolumeClaim, ephemeral } of spec.volumes ?? []) {
    add(persistentVolumeClaims, persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`));
    add(configMaps, configMap?.name);
    add(secrets, secret?.secretName);
    for (const source of projected?.sources ?? []) {
      add(configMaps, source.configMap?.name);
      add(secrets, source.secret?.name);
    }
  }
  for (const { name } of spec.imagePullSecrets ?? []) add(secrets, name);
  add(serviceAccounts, spec.serviceAccountName);
  return [...found.values()];
}

function ofPod(pod: Pod, around: Surroundings): readonly Relation[] {
  const { namespace, uid } = pod.metadata;
  const slices = around.slices.filter(({ endpoints }) => endpoints?.some(({ targetRef }) => targetRef?.uid === uid));
  return [
    {
      word: 'selectedBy',
      objects: around.services.filter((one) => selects(one, pod)).map((one) => refOf(services, one)),
    },
    { word: 'endpoints', objects: slices.map((one) => refOf(endpointSlices, one)) },
    { word: 'uses', objects: needsOf(pod).map(([resource, name]) => refTo(resource, namespace, name)) },
  ];
}

function ofService(service: Service, around: Surroundings): readonly Relation[] {
  const slices = around.slices.filter((slice) => serviceOf(slice) === service.metadata.name);
  return [
    { word: 'selects', objects: around.pods.filter((pod) => selects(service, pod)).map((pod) => refOf(pods, pod)) },
    { word: 'endpoints', objects: slices.map((one) => refOf(endpointSlices, one)) },
  ];
}

function ofSlice(slice: EndpointSlice): readonly Relation[] {
  const { namespace } = slice.metadata;
  const name = serviceOf(slice);
  const targets = (slice.endpoints ?? []).flatMap(({ targetRef }) =>
    targetRef?.kind === 'Pod' && targetRef.name ? [targetRef.name] : [],
  );
  return [
    { word: 'usedBy', objects: name === undefined ? [] : [refTo(services, namespace, name)] },
    { word: 'selects', objects: targets.map((pod) => refTo(pods, namespace, pod)) },
  ];
}

function ofClaim(claim: PersistentVolumeClaim, users: readonly ObjectReference[]): readonly Relation[] {
  const volume = claim.spec?.volumeName;
  return [
    { word: 'usedBy', objects: users },
    { word: 'uses', objects: volume ? [refTo(persistentVolumes, undefined, volume)] : [] },
  ];
}

function ofVolume({ spec }: PersistentVolume): readonly Relation[] {
  const { namespace, name } = spec?.claimRef ?? {};
  return [{ word: 'usedBy', objects: name ? [refTo(persistentVolumeClaims, namespace, name)] : [] }];
}

/** Relations of an object; empty ones are left out. */
export function relationsOf(
  { resource, name }: ObjectReference,
  object: KubeObject,
  around: Surroundings,
): readonly Relation[] {
  const own = (): readonly Relation[] => {
    switch (`${resource.group}/${resource.plural}`) {
      case '/pods':
        return ofPod(object as Pod, around);
      case '/services':
        return ofService(object as Service, around);
      case 'discovery.k8s.io/endpointslices':
        return ofSlice(object as EndpointSlice);
      case '/nodes':
        return [
          {
            word: 'runsOn',
            objects: around.pods.filter(({ spec }) => spec.nodeName === name).map((pod) => refOf(pods, pod)),
          },
        ];
      case '/persistentvolumes':
        return ofVolume(object as PersistentVolume);
      case '/persistentvolumeclaims':
      case '/configmaps':
      case '/secrets':
      case '/serviceaccounts': {
        const users = around.pods.filter((pod) =>
          needsOf(pod).some(([kind, needed]) => kind.plural === resource.plural && needed === name),
        );
        const found = users.map((pod) => refOf(pods, pod));
        if (resource.plural === persistentVolumeClaims.plural) return ofClaim(object as PersistentVolumeClaim, found);
        return [{ word: 'usedBy', objects: found }];
      }
      default:
        return [];
    }
  };
  return own().filter(({ objects }) => objects.length > 0);
}

/** Whether relations of such an object are looked for at all. */
export const hasRelations = ({ resource }: ObjectReference): boolean =>
  [
    'pods',
    'services',
    'endpointslices',
    'nodes',
    'configmaps',
    'secrets',
    'serviceaccounts',
    'persistentvolumeclaims',
    'persistentvolumes',
  ].includes(resource.plural);

/** Kinds that own others, with what they own. */
export const OWNERS: { readonly [plural: string]: 'replicasets' | 'pods' } = {
  deployments: 'replicasets',
  replicasets: 'pods',
  daemonsets: 'pods',
  statefulsets: 'pods',
  jobs: 'pods',
};
