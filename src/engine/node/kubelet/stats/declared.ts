/**
 * What programs use that burn no virtual CPU time and hold no memory of their own here: figures of an idle cluster of kubeadm, by
 * the image's name. Everything a program burns or claims by itself comes on top.
 */

/** `milliCores` while it runs, `mebibytes` at least. */
interface Declared {
  readonly milliCores: number;
  readonly mebibytes: number;
}

const declare = (milliCores: number, mebibytes: number): Declared => ({ milliCores, mebibytes });

const IMAGES: { readonly [name: string]: Declared } = {
  etcd: declare(18, 42),
  'kube-apiserver': declare(42, 228),
  'kube-controller-manager': declare(12, 54),
  'kube-scheduler': declare(6, 24),
  'kube-proxy': declare(1, 18),
  kindnetd: declare(1, 14),
  coredns: declare(2, 16),
  'metrics-server': declare(4, 19),
  'local-path-provisioner': declare(1, 9),
  'storage-provisioner': declare(1, 10),
  nginx: declare(0, 4),
  httpd: declare(1, 6),
  'hpa-example': declare(1, 11),
  mysql: declare(6, 362),
  mariadb: declare(2, 88),
  postgres: declare(2, 32),
  mongo: declare(5, 166),
  node: declare(0, 24),
  python: declare(0, 9),
};

/** kubelet, container runtime and the machine's own services. */
export const SYSTEM: Declared = declare(38, 412);

const NOTHING = declare(0, 0);

/** `registry.k8s.io/etcd:3.6.8-0` is `etcd`. */
export function declaredUse(image: string): Declared {
  const name = image.slice(image.lastIndexOf('/') + 1).split(/[:@]/)[0] ?? '';
  return IMAGES[name] ?? NOTHING;
}
