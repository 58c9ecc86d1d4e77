/**
 * Gives every Pod an identity: the ServiceAccount's name, its token as a projected volume, its image pull secrets.
 * @upstream plugin/pkg/admission/serviceaccount/admission.go
 * @fidelity partial: the kubernetes.io/enforce-mountable-secrets annotation is not enforced
 */
import { type Pod, pods, type ServiceAccount, serviceAccounts } from '#engine/api';
import { type KubeObject, statusErrors } from '#engine/apimachinery';
import { type Rng, randomSuffix, type World } from '#engine/sim';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const EXPIRATION_SECONDS = 3600 + 7;

type PodSpec = NonNullable<Pod['spec']>;
type Container = PodSpec['containers'][number];
type Volume = NonNullable<PodSpec['volumes']>[number];

export function serviceAccountAdmission(world: World, stores: Stores): AdmissionPlugin {
  const names = world.rng.fork('admission/kube-api-access');
  const concerns = ({ resource, subresource, operation, object }: AdmissionAttributes) =>
    resource.group === '' &&
    resource.plural === pods.plural &&
    subresource === '' &&
    operation === 'CREATE' &&
    object !== undefined;
  return {
    name: 'ServiceAccount',
    admit(attributes) {
      if (!concerns(attributes)) return attributes.object;
      const pod = attributes.object as Pod;
      if (!pod.spec) return pod;
      if (pod.metadata.annotations?.[MIRROR] !== undefined) return pod;
      return admitPod(stores, names, attributes, pod);
    },
    validate(attributes) {
      if (!concerns(attributes)) return;
      validateMirror(attributes, attributes.object as Pod);
    },
  };
}

function forbidden({ name }: AdmissionAttributes, why: string) {
  return statusErrors.forbidden({ group: '', resource: 'pods' }, name, why);
}

function validateMirror(attributes: AdmissionAttributes, pod: Pod): void {
  if (pod.metadata.annotations?.[MIRROR] === undefined) return;
  if (pod.spec?.serviceAccountName) throw forbidden(attributes, 'a mirror pod may not reference service accounts');
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.secret) throw forbidden(attributes, 'a mirror pod may not reference secrets');
    if (volume.projected?.sources?.some((source) => source.serviceAccountToken)) {
      throw forbidden(attributes, 'a mirror pod may not use ServiceAccountToken volume projections');
    }
  }
}

function admitPod(stores: Stores, names: Rng, attributes: AdmissionAttributes, pod: Pod): KubeObject {
  const spec = pod.spec as PodSpec;
  const accountName = spec.serviceAccountName || 'default';
  const account = stores.of(serviceAccounts).find(attributes.namespace, accountName);
  if (!account) {
    const why = `error looking up service account ${attributes.namespace}/${accountName}: serviceaccount ${JSON.stringify(accountName)} not found`;
    throw forbidden(attributes, why);
  }
  const named: PodSpec = { ...spec, serviceAccountName: accountName, serviceAccount: accountName };
  const mounted = shouldAutomount(account, spec) ? mountToken(named, names) : named;
  const secrets = account.imagePullSecrets;
  const pulled =
    !spec.imagePullSecrets?.length && secrets?.length
      ? { ...mounted, imagePullSecrets: secrets.map(({ name }) => ({ ...(name !== undefined && { name }) })) }
      : mounted;
  return { ...pod, spec: pulled } as KubeObject;
}

function shouldAutomount(account: ServiceAccount, spec: PodSpec): boolean {
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

/** Mounts the token into every container that has nothing at the path yet. */
function mountToken(spec: PodSpec, names: Rng): PodSpec {
  const existing = spec.volumes?.find(
    (volume) => volume.name.startsWith('kube-api-access-') && volume.projected !== undefined,
  );
  const volumeName = existing?.name ?? freeName(spec, names);
  const mount = { name: volumeName, readOnly: true, mountPath: TOKEN_PATH };
  let mounts = 0;
  const withMount = (container: Container): Container => {
    if (container.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH)) return container;
    mounts++;
    return { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] };
  };
  const initContainers = spec.initContainers?.map(withMount);
  // What cannot be there by type can still be missing: validation comes later.
  const containers = (spec as Partial<PodSpec>).containers?.map(withMount);
  const next: PodSpec = { ...spec, ...(containers && { containers }), ...(initContainers && { initContainers }) };
  if (mounts === 0 || existing) return next;
  return { ...next, volumes: [...(spec.volumes ?? []), tokenVolume(volumeName)] };
}

function freeName(spec: PodSpec, names: Rng): string {
  for (;;) {
    const name = `kube-api-access-${randomSuffix(names, 5)}`;
    if (!spec.volumes?.some((volume) => volume.name === name)) return name;
  }
}

/** @upstream TokenVolumeSource */
const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: EXPIRATION_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 420,
  },
});
