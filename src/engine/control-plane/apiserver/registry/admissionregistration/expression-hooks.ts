/** Kinds whose validation reads expressions: CEL is brought before they are written. */
import type { KubeObject } from '#engine/apimachinery';
import type { LoadAsset } from '../../assets.ts';
import { loadCel } from '../../cel-library.ts';
import type { StoreHooks } from '../generic/store-types.ts';

const KINDS = [
  'validatingadmissionpolicies',
  'mutatingadmissionpolicies',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
];

export function expressionHooks(load: LoadAsset): {
  readonly [groupResource: string]: StoreHooks<KubeObject>;
} {
  const hooks: StoreHooks<KubeObject> = {
    async beforeWrite() {
      await loadCel(load);
    },
  };
  return Object.fromEntries(KINDS.map((plural) => [`admissionregistration.k8s.io/${plural}`, hooks]));
}
