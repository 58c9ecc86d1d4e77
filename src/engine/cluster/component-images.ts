/** The images kubeadm 1.36 uses, those of storage on demand and metrics-server's: one executable each. */
import { executable, type Image, type ImageLayer } from '#engine/os';
import { fnv1a32 } from '#engine/sim';
import { KUBERNETES_VERSION } from './options.ts';

const K8S = 'registry.k8s.io';

interface ComponentImage {
  readonly name: string;
  readonly tag: string;
  readonly program: string;
  readonly megabytes: number;
}

/** Sizes are those of the real images, in whole megabytes. */
const IMAGES: readonly ComponentImage[] = [
  { name: `${K8S}/etcd`, tag: '3.6.8-0', program: 'etcd', megabytes: 23 },
  { name: `${K8S}/kube-apiserver`, tag: KUBERNETES_VERSION, program: 'kube-apiserver', megabytes: 27 },
  {
    name: `${K8S}/kube-controller-manager`,
    tag: KUBERNETES_VERSION,
    program: 'kube-controller-manager',
    megabytes: 23,
  },
  { name: `${K8S}/kube-scheduler`, tag: KUBERNETES_VERSION, program: 'kube-scheduler', megabytes: 17 },
  { name: `${K8S}/kube-proxy`, tag: KUBERNETES_VERSION, program: 'kube-proxy', megabytes: 26 },
  { name: `${K8S}/coredns/coredns`, tag: 'v1.13.1', program: 'coredns', megabytes: 23 },
  { name: 'docker.io/kindest/kindnetd', tag: 'v20260101', program: 'kindnetd', megabytes: 40 },
];

/** In the registry, and on no Node before somebody uses them. */
const ADDONS: readonly ComponentImage[] = [
  {
    name: 'docker.io/rancher/local-path-provisioner',
    tag: 'v0.0.32',
    program: 'local-path-provisioner',
    megabytes: 22,
  },
  ...['v0.8.0', 'v0.7.2', 'v0.7.1', 'v0.6.4'].map((tag) => ({
    name: `${K8S}/metrics-server/metrics-server`,
    tag,
    program: 'metrics-server',
    megabytes: 21,
  })),
  { name: 'gcr.io/k8s-minikube/storage-provisioner', tag: 'v5', program: 'storage-provisioner', megabytes: 32 },
];

const digest = (text: string) =>
  `sha256:${Array.from({ length: 8 }, (_, i) => fnv1a32(`${i}:${text}`).toString(16).padStart(8, '0')).join('')}`;

function image({ name, tag, program, megabytes }: ComponentImage): Image {
  const sizeBytes = megabytes * 1_000_000;
  const layer: ImageLayer = {
    digest: digest(`layer ${name}:${tag}`),
    sizeBytes,
    entries: () => [{ path: `/usr/local/bin/${program}`, content: executable(program), mode: 0o755 }],
  };
  return {
    name,
    tag,
    digest: digest(`manifest ${name}:${tag}`),
    id: digest(`config ${name}:${tag}`),
    sizeBytes,
    layers: [layer],
    config: { entrypoint: [`/usr/local/bin/${program}`], env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
  };
}

export const componentImages: readonly Image[] = IMAGES.map(image);

export const addonImages: readonly Image[] = ADDONS.map(image);

/** `registry.k8s.io/kube-proxy:v1.36.2` for `kube-proxy`. */
export function imageOf(program: string): string {
  const found = IMAGES.find((one) => one.program === program);
  if (!found) throw new Error(`no image for ${program}`);
  return `${found.name}:${found.tag}`;
}
