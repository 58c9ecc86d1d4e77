/** What a Pod names besides itself. @upstream plugin/pkg/auth/authorizer/node/graph.go, pkg/api/v1/pod/util.go */
import type { Container, Pod, Volume } from '#engine/api';

export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim' | 'ServiceAccount';
  readonly name: string;
}

const secret = (name: string | undefined): readonly Reference[] => (name ? [{ kind: 'Secret', name }] : []);
const configMap = (name: string | undefined): readonly Reference[] => (name ? [{ kind: 'ConfigMap', name }] : []);

const known = new WeakMap<Pod, readonly Reference[]>();

/** Every Secret, ConfigMap, claim and ServiceAccount the Pod's spec names; worked out once per version of the Pod. */
export function references(pod: Pod): readonly Reference[] {
  const before = known.get(pod);
  if (before) return before;
  const { spec } = pod;
  const all: readonly Reference[] = [
    ...(spec.serviceAccountName ? [{ kind: 'ServiceAccount' as const, name: spec.serviceAccountName }] : []),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }) => secret(name)),
    ...[
      ...(spec.initContainers ?? []),
      ...spec.containers,
      ...((spec.ephemeralContainers ?? []) as readonly Container[]),
    ].flatMap(ofContainer),
    ...(spec.volumes ?? []).flatMap((volume) => ofVolume(pod, volume)),
  ];
  known.set(pod, all);
  return all;
}

function ofContainer({ env = [], envFrom = [] }: Container): readonly Reference[] {
  return [
    ...env.flatMap(({ valueFrom }) => [
      ...secret(valueFrom?.secretKeyRef?.name),
      ...configMap(valueFrom?.configMapKeyRef?.name),
    ]),
    ...envFrom.flatMap(({ secretRef, configMapRef }) => [...secret(secretRef?.name), ...configMap(configMapRef?.name)]),
  ];
}

function ofVolume(pod: Pod, volume: Volume): readonly Reference[] {
  return [
    ...secret(volume.secret?.secretName),
    ...configMap(volume.configMap?.name),
    ...(volume.persistentVolumeClaim
      ? [{ kind: 'PersistentVolumeClaim' as const, name: volume.persistentVolumeClaim.claimName }]
      : []),
    ...(volume.ephemeral
      ? [{ kind: 'PersistentVolumeClaim' as const, name: `${pod.metadata.name}-${volume.name}` }]
      : []),
    ...(volume.projected?.sources ?? []).flatMap(({ secret: ofSecret, configMap: ofConfigMap }) => [
      ...secret(ofSecret?.name),
      ...configMap(ofConfigMap?.name),
    ]),
  ];
}
