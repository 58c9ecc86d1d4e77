/** Pods that kubelets create: the mirrors of their static Pods. @upstream plugin/pkg/admission/noderestriction/admission.go */
import { nodes, type Pod, type Volume } from '#engine/api';
import type { OwnerReference } from '#engine/apimachinery';
import { statusErrors } from '#engine/apimachinery';
import { references } from '../../authorization/node/pod-references.ts';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { quoted, refuse } from './refusal.ts';

const MIRROR = 'kubernetes.io/config.mirror';

/** Throws unless the Pod mirrors one of the Node's own and names nothing else of the API. */
export function checkMirrorPod(stores: Stores, node: string, attributes: AdmissionAttributes): void {
  const pod = attributes.object as Pod;
  const fail = (why: string): never => refuse(attributes, why);
  if (pod.metadata.annotations?.[MIRROR] === undefined) {
    fail(`pod does not have ${quoted(MIRROR)} annotation, node ${quoted(node)} can only create mirror pods`);
  }
  if (pod.spec.nodeName !== node) {
    fail(`node ${quoted(node)} can only create pods with spec.nodeName set to itself`);
  }
  const { ownerReferences = [] } = pod.metadata;
  if (ownerReferences.length > 1) {
    fail(`node ${quoted(node)} can only create pods with a single owner reference set to itself`);
  }
  const fault = ownerFault(node, ownerReferences[0]);
  if (fault) fail(`node ${quoted(node)} ${fault}`);
  const found = stores.of(nodes).find(undefined, node);
  if (!found) throw statusErrors.notFound({ group: '', resource: 'nodes' }, node);
  const uid = ownerReferences[0]?.uid ?? '';
  if (uid !== found.metadata.uid) fail(`node ${node} UID mismatch: expected ${uid} got ${found.metadata.uid ?? ''}`);
  const named = apiObject(pod);
  if (named) fail(`node ${quoted(node)} can not create pods that reference ${named}`);
}

function ownerFault(node: string, owner: OwnerReference | undefined): string | undefined {
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return 'can only create pods with an owner reference set to itself';
  }
  if (!owner.controller) return 'can only create pods with a controller owner reference set to itself';
  return owner.blockOwnerDeletion ? 'must not set blockOwnerDeletion on an owner reference' : undefined;
}

/** The first kind of object of the API that the Pod needs. @upstream pkg/api/pod/util.go HasAPIObjectReference */
function apiObject(pod: Pod): string | undefined {
  if (pod.spec.serviceAccountName) return 'serviceaccounts';
  const named = references(pod);
  const volumes = pod.spec.volumes ?? [];
  if (named.some(({ kind }) => kind === 'Secret') || volumes.some(hasSecretOfDriver)) return 'secrets';
  if (named.some(({ kind }) => kind === 'ConfigMap')) return 'configmaps';
  if ((pod.spec.resourceClaims ?? []).length > 0) return 'resourceclaims';
  for (const volume of volumes) {
    const of = apiObjectOfVolume(volume);
    if (of) return of;
  }
  return undefined;
}

/** Volumes that name a Secret in a way of their own. @upstream pkg/api/pod/util.go VisitPodSecretNames */
const hasSecretOfDriver = ({
  azureFile,
  cephfs,
  cinder,
  flexVolume,
  rbd,
  scaleIO,
  iscsi,
  storageos,
  csi,
}: Volume): boolean =>
  azureFile !== undefined ||
  [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].some((source) => source?.secretRef !== undefined) ||
  csi?.nodePublishSecretRef !== undefined;

function apiObjectOfVolume({
  csi,
  glusterfs,
  persistentVolumeClaim,
  ephemeral,
  projected,
}: Volume): string | undefined {
  if (csi) return 'csidrivers (via CSI volumes)';
  if (glusterfs) return 'endpoints (via glusterFS volumes)';
  if (persistentVolumeClaim) return 'persistentvolumeclaims';
  if (ephemeral) return 'persistentvolumeclaims (via ephemeral volumes)';
  for (const source of projected?.sources ?? []) {
    if (source.serviceAccountToken) return 'serviceaccounts (via projected volumes)';
    if (source.clusterTrustBundle) return 'clustertrustbundles';
    if (source.podCertificate) return 'podcertificates';
  }
  return undefined;
}
