/** Kinds whose validation reads expressions: CEL is brought before they are written. Bindings of policies only ask who may read their parameters. */
import type { KubeObject } from '#engine/apimachinery';
import type { LoadAsset } from '../../assets.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { loadCel } from '../../cel-library.ts';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { StoreHooks } from '../generic/store-types.ts';

const EXPRESSIONS = [
  'admissionregistration.k8s.io/validatingadmissionpolicies',
  'admissionregistration.k8s.io/mutatingadmissionpolicies',
  'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations',
  'resource.k8s.io/deviceclasses',
  'resource.k8s.io/resourceclaims',
  'resource.k8s.io/resourceclaimtemplates',
];
const BINDINGS = [
  'admissionregistration.k8s.io/validatingadmissionpolicybindings',
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings',
];

export function expressionHooks(
  load: LoadAsset,
  server: () => { readonly stores: Stores; readonly authorizer: Authorizer },
): { readonly [groupResource: string]: StoreHooks<KubeObject> } {
  const access = {
    access() {
      const { stores, authorizer } = server();
      return {
        authorizer,
        pluralOf: (group: string, version: string, kind: string) =>
          stores
            .allServed()
            .find(({ resource: one }) => one.group === group && one.version === version && one.kind === kind)?.resource
            .plural,
        find: (group: string, plural: string, name: string) => stores.find(group, plural)?.find(undefined, name),
      };
    },
  };
  const hooks: StoreHooks<KubeObject> = {
    ...access,
    async beforeWrite() {
      await loadCel(load);
    },
  };
  return Object.fromEntries([...EXPRESSIONS.map((kind) => [kind, hooks]), ...BINDINGS.map((kind) => [kind, access])]);
}
