/** Tokens that kubelets ask for: of Pods on their Node, for audiences those Pods use. @upstream plugin/pkg/admission/noderestriction/admission.go */
import { csiDrivers, type Pod, persistentVolumeClaims, persistentVolumes, pods, type Volume } from '#engine/api';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { TokenRequest } from '../../endpoints/subresources/token.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { quoted, refuse } from './refusal.ts';

interface Surroundings {
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
}

/** Throws unless the token is bound to a Pod on the Node, and its audience is one of the Pod's or granted. */
export async function checkToken(
  { stores, authorizer }: Surroundings,
  node: string,
  attributes: AdmissionAttributes,
): Promise<void> {
  const { operation, subresource, object, namespace, name, user } = attributes;
  if (operation !== 'CREATE' || subresource !== 'token') return;
  const { boundObjectRef: ref, audiences = [] } = (object as TokenRequest).spec ?? {};
  if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) {
    refuse(attributes, 'node requested token not bound to a pod');
  }
  if (!ref.uid) refuse(attributes, 'node requested token with a pod binding without a uid');
  const pod = stores.of(pods).get(namespace, ref.name);
  if (ref.uid !== pod.metadata.uid) {
    const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    refuse(attributes, why);
  }
  if (pod.spec.nodeName !== node)
    refuse(attributes, 'node requested token bound to a pod scheduled on a different node');
  if (audiences.length > 1) refuse(attributes, 'node may only request 0 or 1 audiences');
  const audience = audiences[0] ?? '';
  if (usesAudience(stores, pod, audience)) return;
  const { allowed } = await authorizer().authorize({
    user,
    verb: 'request-serviceaccounts-token-audience',
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    resource: audience,
    subresource: '',
    namespace,
    name,
  });
  if (!allowed) {
    const why = `audience ${quoted(audience)} not found in pod spec volume, ${user.username} is not authorized to request tokens for this audience`;
    refuse(attributes, why);
  }
}

const usesAudience = (stores: Stores, pod: Pod, audience: string): boolean =>
  (pod.spec.volumes ?? []).some((volume) => {
    const { projected } = volume;
    const own = projected?.sources?.some(
      ({ serviceAccountToken }) => serviceAccountToken && (serviceAccountToken.audience ?? '') === audience,
    );
    if (own) return true;
    const driver = driverOf(stores, pod, volume);
    if (!driver) return false;
    const { tokenRequests = [] } = stores.of(csiDrivers).find(undefined, driver)?.spec ?? {};
    return tokenRequests.some((wanted) => (wanted.audience ?? '') === audience);
  });

/** The CSI driver behind a volume: its own, or that of the claim's volume. */
function driverOf(stores: Stores, { metadata }: Pod, volume: Volume): string | undefined {
  const claimName = volume.ephemeral?.volumeClaimTemplate
    ? `${metadata.name}-${volume.name}`
    : volume.persistentVolumeClaim?.claimName;
  if (claimName === undefined) return volume.csi?.driver;
  const bound = stores.of(persistentVolumeClaims).find(metadata.namespace, claimName)?.spec?.volumeName;
  return bound ? stores.of(persistentVolumes).find(undefined, bound)?.spec?.csi?.driver : undefined;
}
