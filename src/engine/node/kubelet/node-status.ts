/** The Node object as its kubelet writes it. @upstream pkg/kubelet/nodestatus/setters.go, pkg/kubelet/kubelet_node_status.go */
import type { Node, NodeCondition, NodeStatus, NodeSystemInfo } from '#engine/api';
import { formatQuantity, parseQuantity, subQuantity } from '#engine/apimachinery';
import { imageRefOf, type StoredImage } from '#engine/node/cri';
import { fnv1a32 } from '#engine/sim';
import type { KubeletOptions } from './types.ts';

const KUBELET_VERSION = 'v1.36.2';

const REAL_CAPACITY = {
  cpu: '4',
  'ephemeral-storage': '61202244Ki',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '8145252Ki',
  pods: '110',
};
const HOLLOW_CAPACITY = { cpu: '1', 'ephemeral-storage': '0', memory: '3840Mi', pods: '110' };

const capacityOf = (options: KubeletOptions): { readonly [resource: string]: string } => ({
  ...(options.hollow ? HOLLOW_CAPACITY : REAL_CAPACITY),
  ...options.capacity,
});

export function allocatableOf(options: KubeletOptions): { readonly [resource: string]: string } {
  const capacity = capacityOf(options);
  if (!options.reserved) return capacity;
  const allocatable: { [resource: string]: string } = { ...capacity };
  for (const [resource, quantity] of Object.entries(options.reserved)) {
    const total = capacity[resource];
    if (total !== undefined)
      allocatable[resource] = formatQuantity(subQuantity(parseQuantity(total), parseQuantity(quantity)));
  }
  return allocatable;
}

/** The Node to register; labels of the options win over nothing of upstream's. */
export function initialNode(
  options: KubeletOptions,
  status: NodeStatus,
): Omit<Node, 'metadata'> & { readonly metadata: Node['metadata'] } {
  const name = options.nodeName;
  const providerID = options.providerId ?? (options.hollow ? `kubemark://${name}` : undefined);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...options.labels,
      },
      ...(!options.hollow && { annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } }),
    },
    spec: { ...(providerID !== undefined && { providerID }), ...(options.taints && { taints: options.taints }) },
    status,
  };
}

export interface NodeStatusInput {
  readonly options: KubeletOptions;
  /** Why the Node is not ready; empty when it is. */
  readonly notReady: readonly string[];
  /** No room is left on the Node's disk. */
  readonly diskFull: boolean;
  readonly images: readonly StoredImage[];
  readonly previous: readonly NodeCondition[];
  /** RFC 3339 */
  readonly now: string;
}

/** @fidelity partial: MemoryPressure and PIDPressure never become true */
export function nodeStatus(input: NodeStatusInput): NodeStatus {
  const { options } = input;
  const { hollow } = options;
  return {
    addresses: [
      ...options.addresses.map((address) => ({ type: 'InternalIP', address })),
      { type: 'Hostname', address: options.nodeName },
    ],
    allocatable: allocatableOf(options),
    capacity: capacityOf(options),
    conditions: nodeConditions(input),
    daemonEndpoints: { kubeletEndpoint: { Port: options.port ?? 10250 } },
    declaredFeatures: [
      'ExtendWebSocketsToKubelet',
      'InPlacePodLevelResourcesVerticalScaling',
      'InPlacePodVerticalScalingInitContainers',
      'RestartAllContainersOnContainerExits',
    ],
    ...(!hollow && {
      features: { supplementalGroupsPolicy: true },
      runtimeHandlers: ['', 'runc'].map((name) => ({
        name,
        features: { recursiveReadOnlyMounts: true, userNamespaces: false },
      })),
    }),
    ...(input.images.length > 0 && { images: input.images.slice(0, 50).map(imageEntry) }),
    nodeInfo: { ...(hollow ? HOLLOW_INFO : realInfo(options.nodeName)), ...options.nodeInfo },
  };
}

const imageEntry = (stored: StoredImage) => ({
  names:
    stored.repoDigests.length > 0
      ? [...stored.repoDigests, ...stored.repoTags]
      : stored.repoTags.length > 0
        ? stored.repoTags
        : [imageRefOf(stored)],
  sizeBytes: stored.image.sizeBytes,
});

const HOLLOW_INFO: NodeSystemInfo = {
  architecture: 'amd64',
  bootID: '',
  containerRuntimeVersion: 'fakeRuntime://0.1.0',
  kernelVersion: '3.16.0-0.bpo.4-amd64',
  kubeProxyVersion: '',
  kubeletVersion: KUBELET_VERSION,
  machineID: '',
  operatingSystem: 'linux',
  osImage: 'Debian GNU/Linux 7 (wheezy)',
  systemUUID: '',
};

function realInfo(name: string): NodeSystemInfo {
  const hex = (salt: string) => fnv1a32(`${salt} ${name}`).toString(16).padStart(8, '0');
  const id = ['a', 'b', 'c', 'd'].map(hex).join('');
  const uuid = (text: string) =>
    `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
  return {
    architecture: 'amd64',
    bootID: uuid(['boot', 'e', 'f', 'g'].map(hex).join('')),
    containerRuntimeVersion: 'containerd://2.1.9',
    kernelVersion: '6.8.0-podarium',
    kubeProxyVersion: '',
    kubeletVersion: KUBELET_VERSION,
    machineID: id,
    operatingSystem: 'linux',
    osImage: 'Podarium',
    systemUUID: uuid(id),
  };
}

function nodeConditions({ notReady, diskFull, previous, now }: NodeStatusInput): readonly NodeCondition[] {
  const ready = notReady.length === 0;
  const facts: readonly (readonly [string, string, string, string])[] = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    diskFull
      ? ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure']
      : ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ready
      ? ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status']
      : [
          'Ready',
          'False',
          'KubeletNotReady',
          notReady.length === 1 ? (notReady[0] as string) : `[${notReady.join(', ')}]`,
        ],
  ];
  const own = facts.map(([type, status, reason, message]) => {
    const before = previous.find((condition) => condition.type === type);
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
  });
  return [...own, ...previous.filter((condition) => !facts.some(([type]) => type === condition.type))];
}
