/**
 * Scale: one number of a workload under one shape. `decode` and `project` let PUT and PATCH of a Scale pass through the
 * ordinary update of the workload.
 * @upstream pkg/registry/apps/deployment/storage/storage.go ScaleREST
 * @fidelity full
 */
import { fieldErrors, type KubeObject, statusErrors } from '#engine/apimachinery';
import type { Store } from '../../registry/generic/store.ts';
import type { ScaleStrategy } from '../../registry/strategy.ts';

/** autoscaling/v1 Scale */
export interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status: { readonly replicas: number; readonly selector?: string };
}

export const SCALE_KIND = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

export function scaleOf(strategy: ScaleStrategy<KubeObject>, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { specReplicas, statusReplicas, selector } = strategy.get(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: specReplicas === 0 ? {} : { replicas: specReplicas },
    status: { replicas: statusReplicas, ...(selector && { selector }) },
  };
}

/** The workload with the replicas of a Scale. Throws what upstream answers to a wrong Scale. */
export function applyScale(store: Store, current: KubeObject, scale: Scale): KubeObject {
  const strategy = store.strategy.scale as ScaleStrategy<KubeObject>;
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0) {
    const fault = fieldErrors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw statusErrors.invalid(SCALE_KIND, scale.metadata.name, [fault]);
  }
  const { resourceVersion, uid } = scale.metadata;
  if (uid && uid !== current.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    throw statusErrors.conflict(
      { group: store.resource.group, resource: store.resource.plural },
      current.metadata.name,
      why,
    );
  }
  const next = strategy.set(current, replicas);
  const version = resourceVersion || (current.metadata.resourceVersion as string);
  return { ...next, metadata: { ...next.metadata, resourceVersion: version } };
}
