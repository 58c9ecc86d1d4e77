/**
 * Volumes on demand out of directories of Nodes: what `rancher.io/local-path` does in kind and k3s, and `k8s.io/minikube-hostpath` in minikube.
 * @upstream sigs.k8s.io/sig-storage-lib-external-provisioner controller/controller.go, rancher/local-path-provisioner provisioner.go
 */
import {
  classOfClaim,
  nodes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type StorageClass,
  storageClasses,
  volumeAnnotations,
} from '#engine/api';
import { isAlreadyExists, isNotFound, keyOf, objectKey } from '#engine/apimachinery';
import {
  type Client,
  createEventRecorder,
  createInformerFactory,
  type EventRecorder,
  type Lister,
  startController,
  watchWith,
} from '#engine/client-go';
import { type Program, print } from '#engine/os';
import { randomUuid, untilAborted } from '#engine/sim';

/** How a provisioner's volumes look. */
interface LocalStyle {
  /** The provisioner's name in StorageClasses. */
  readonly provisioner: string;
  /** Where on a Node's disk a claim's directory is. */
  path(claim: PersistentVolumeClaim, volume: string): string;
  /** Volumes stay on the Node that was chosen for the claim. */
  readonly onOneNode: boolean;
}

/** Styles by the name of their program. */
const localStyles: { readonly [program: string]: LocalStyle } = {
  'local-path-provisioner': {
    provisioner: 'rancher.io/local-path',
    path: ({ metadata }, volume) => `/opt/local-path-provisioner/${volume}_${metadata.namespace}_${metadata.name}`,
    onOneNode: true,
  },
  'storage-provisioner': {
    provisioner: 'k8s.io/minikube-hostpath',
    path: ({ metadata }) => `/tmp/hostpath-provisioner/${metadata.namespace}/${metadata.name}`,
    onOneNode: false,
  },
};

const HELPER_NAMESPACE = 'local-path-storage';
const HELPER_IMAGE = 'busybox:1.36';
const HELPER_POLL_MS = 1000;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Provisioner {
  readonly style: LocalStyle;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly classes: Lister<StorageClass>;
}

/** The volume for a claim on a Node. */
function volumeFor(
  style: LocalStyle,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  hostname: string | undefined,
): PersistentVolume {
  const name = `pvc-${claim.metadata.uid}`;
  const { namespace, uid, resourceVersion } = claim.metadata;
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    namespace,
    name: claim.metadata.name,
    uid,
    apiVersion: 'v1',
    resourceVersion,
  };
  const requirement = { key: 'kubernetes.io/hostname', operator: 'In', values: [hostname ?? ''] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [volumeAnnotations.dynamicallyProvisioned]: style.provisioner } },
    spec: {
      accessModes: claim.spec?.accessModes ?? [],
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '0' },
      claimRef,
      // The directory is made on the Node when it is first mounted.
      hostPath: { path: style.path(claim, name), type: 'DirectoryOrCreate' },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      ...(claim.spec?.volumeMode !== undefined && { volumeMode: claim.spec.volumeMode }),
      ...(hostname !== undefined && {
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [requirement] }] } },
      }),
    },
  } as unknown as PersistentVolume;
}

/** Whether the claim is this provisioner's to serve now. */
function isAsked({ style, classes }: Provisioner, { metadata, spec, status }: PersistentVolumeClaim): boolean {
  const { annotations = {} } = metadata;
  if (spec?.volumeName || status?.phase !== 'Pending' || metadata.deletionTimestamp !== undefined) return false;
  if (annotations[volumeAnnotations.storageProvisioner] !== style.provisioner) return false;
  const storageClass = classes.get(classOfClaim({ metadata, spec } as PersistentVolumeClaim));
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  return storageClass !== undefined && (!waits || annotations[volumeAnnotations.selectedNode] !== undefined);
}

async function provision(self: Provisioner, claim: PersistentVolumeClaim): Promise<void> {
  const { style, client, recorder, classes } = self;
  const storageClass = classes.get(classOfClaim(claim));
  if (!storageClass || !isAsked(self, claim)) return;
  const key = JSON.stringify(objectKey(claim));
  recorder.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim ${key}`);
  try {
    if (claim.spec?.selector) throw new Error('claim.Spec.Selector is not supported');
    const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode];
    if (style.onOneNode && selected === undefined) throw new Error('configuration error, no node was specified');
    const node = selected !== undefined && style.onOneNode ? await client.get(nodes, { name: selected }) : undefined;
    const hostname = node && (node.metadata.labels?.['kubernetes.io/hostname'] ?? node.metadata.name);
    const volume = volumeFor(style, claim, storageClass, hostname);
    try {
      await client.create(persistentVolumes, volume);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    const done = `Successfully provisioned volume ${volume.metadata.name}`;
    recorder.event(claim, 'Normal', 'ProvisioningSucceeded', done);
  } catch (error) {
    const why = `failed to provision volume with StorageClass ${JSON.stringify(storageClass.metadata.name)}: ${messageOf(error)}`;
    recorder.event(claim, 'Warning', 'ProvisioningFailed', why);
    throw error;
  }
}

/** The Node a volume is on. */
const nodeOf = ({ spec }: PersistentVolume): string | undefined =>
  spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values?.[0];

/** A Pod that empties the directory, on its Node. False while it is at it. */
async function emptied({ client }: Provisioner, volume: PersistentVolume, hostname: string): Promise<boolean> {
  const name = `helper-pod-delete-${volume.metadata.name}`;
  const path = volume.spec?.hostPath?.path ?? '';
  const cut = path.lastIndexOf('/');
  try {
    const helper = await client.get(pods, { namespace: HELPER_NAMESPACE, name });
    if (helper.status.phase !== 'Succeeded') return false;
    await client.delete(pods, { namespace: HELPER_NAMESPACE, name });
    return true;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  await client.create(pods, {
    metadata: { name, namespace: HELPER_NAMESPACE },
    spec: {
      nodeName: hostname,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'helper-pod',
          image: HELPER_IMAGE,
          command: ['rm', '-rf', `/data/${path.slice(cut + 1)}`],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', hostPath: { path: path.slice(0, cut), type: 'DirectoryOrCreate' } }],
    },
  });
  return false;
}

/** Milliseconds until the next look, while a helper works. */
async function remove(self: Provisioner, volume: PersistentVolume): Promise<number | undefined> {
  const { style, client } = self;
  const { metadata, spec, status } = volume;
  const mine = metadata.annotations?.[volumeAnnotations.dynamicallyProvisioned] === style.provisioner;
  if (!mine || status?.phase !== 'Released' || spec?.persistentVolumeReclaimPolicy !== 'Delete') return undefined;
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const hostname = nodeOf(volume);
  if (hostname !== undefined && !(await emptied(self, volume, hostname))) return HELPER_POLL_MS;
  try {
    await client.delete(persistentVolumes, { name: metadata.name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return undefined;
}

/**
 * A provisioner as a Program.
 * @fidelity partial: directories appear when they are first mounted, not by a helper Pod; minikube's are not emptied; no configuration of paths
 */
export function createLocalProvisioner(client: Client, program: string): Program {
  return async (process) => {
    const style = localStyles[program] as LocalStyle;
    const stop = new AbortController();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.onSignal(signal, () => stop.abort());
    process.killed.addEventListener('abort', () => stop.abort());
    const identity = `${style.provisioner}_${process.hostname}_${randomUuid(process.rng.fork(program))}`;
    const informers = createInformerFactory(process, client, stop.signal);
    const claims = informers.informer(persistentVolumeClaims).lister;
    const volumes = informers.informer(persistentVolumes).lister;
    const self: Provisioner = {
      style,
      client,
      recorder: createEventRecorder(process, client, { component: identity }, stop.signal),
      classes: informers.informer(storageClasses).lister,
    };
    const wakes = <T extends PersistentVolume | PersistentVolumeClaim>(
      resource: typeof persistentVolumes | typeof persistentVolumeClaims,
    ) =>
      watchWith(resource as never, (queue) => {
        const add = (object: T) => queue.add(keyOf(object.metadata.name, object.metadata.namespace));
        return { added: add, updated: (_: T, object: T) => add(object) };
      });
    const reconcile = async (key: string) => {
      const claim = claims.get(key);
      if (claim) await provision(self, claim);
      const volume = claim ? undefined : volumes.get(key);
      const requeueAfterMs = volume && (await remove(self, volume));
      return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
    };
    const watches = [wakes(persistentVolumeClaims), wakes(persistentVolumes)];
    await print(process.stdout, `provisioner ${style.provisioner} started\n`);
    startController(process, informers, { name: program, workers: 4, watches, reconcile }, stop.signal);
    await untilAborted(stop.signal);
    return 0;
  };
}
