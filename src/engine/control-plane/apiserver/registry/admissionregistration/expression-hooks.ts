/** Kinds whose validation reads expressions: CEL is brought before they are written. */
import type { KubeObject } from '#engine/apimachinery';
import type { LoadAsset } from '../../assets.ts';
import { loadCel } from '../../cel-library.ts';
import type { StoreHooks } from '../generic/store-types.ts';

const KINDS = [
  'admissionregistration.k8s.io/validatingadmissionpolicies',
  'admissionregistration.k8s.io/mutatingadmissionpolicies',
  'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'resource.k8s.io/deviceclasses',
  'resource.k8s.io/resourceclaims',
  'resource.k8s.io/resourceclaimtemplates',
];

export function expressionHooks(load: LoadAsset): {
  readonly [groupResource: string]: StoreHooks<KubeObject>;
} {
  const hooks: StoreHooks<KubeObject> = {
    async beforeWrite() {
      await loadCel(load);
    },
  };
  return Object.fromEntries(KINDS.map((kind) => [kind, hooks]));
}
