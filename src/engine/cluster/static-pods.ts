/** The control plane's static Pods, as `kubeadm init` writes them. */
import type { Pod } from '#engine/api';
import { imageOf } from './component-images.ts';
import { API_PORT, SERVICE_NETWORK } from './options.ts';
import { plainYaml } from './plain-yaml.ts';

interface Component {
  readonly name: string;
  readonly cpu: string;
  readonly memory?: string;
  readonly flags: { readonly [flag: string]: string };
  readonly probe: { readonly port: number; readonly path: string; readonly host: string };
}

const pki = (file: string) => `/etc/kubernetes/pki/${file}`;

const components = (address: string, podNetwork: string): readonly Component[] => [
  {
    name: 'etcd',
    cpu: '100m',
    memory: '100Mi',
    flags: {
      'advertise-client-urls': `https://${address}:2379`,
      'data-dir': '/var/lib/etcd',
      'listen-client-urls': `https://127.0.0.1:2379,https://${address}:2379`,
      'listen-metrics-urls': 'http://127.0.0.1:2381',
      'trusted-ca-file': pki('etcd/ca.crt'),
    },
    probe: { port: 2381, path: '/livez', host: '127.0.0.1' },
  },
  {
    name: 'kube-apiserver',
    cpu: '250m',
    flags: {
      'advertise-address': address,
      'allow-privileged': 'true',
      'authorization-mode': 'Node,RBAC',
      'client-ca-file': pki('ca.crt'),
      'enable-admission-plugins': 'NodeRestriction',
      'etcd-servers': 'https://127.0.0.1:2379',
      'secure-port': String(API_PORT),
      'service-cluster-ip-range': SERVICE_NETWORK,
    },
    probe: { port: API_PORT, path: '/livez', host: address },
  },
  {
    name: 'kube-controller-manager',
    cpu: '200m',
    flags: {
      'allocate-node-cidrs': 'true',
      'bind-address': '127.0.0.1',
      'cluster-cidr': podNetwork,
      kubeconfig: '/etc/kubernetes/controller-manager.conf',
      'leader-elect': 'true',
      'service-cluster-ip-range': SERVICE_NETWORK,
    },
    probe: { port: 10257, path: '/healthz', host: '127.0.0.1' },
  },
  {
    name: 'kube-scheduler',
    cpu: '100m',
    flags: { 'bind-address': '127.0.0.1', kubeconfig: '/etc/kubernetes/scheduler.conf', 'leader-elect': 'true' },
    probe: { port: 10259, path: '/healthz', host: '127.0.0.1' },
  },
];

function manifest({ name, cpu, memory, flags, probe }: Component): object {
  const httpGet = {
    host: probe.host,
    path: probe.path,
    port: probe.port,
    scheme: probe.port === 2381 ? 'HTTP' : 'HTTPS',
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
    spec: {
      containers: [
        {
          name,
          image: imageOf(name),
          command: [name, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
          imagePullPolicy: 'IfNotPresent',
          resources: { requests: { cpu, ...(memory && { memory }) } },
          startupProbe: {
            httpGet,
            failureThreshold: 24,
            initialDelaySeconds: 10,
            periodSeconds: 10,
            timeoutSeconds: 15,
          },
          livenessProbe: {
            httpGet,
            failureThreshold: 8,
            initialDelaySeconds: 10,
            periodSeconds: 10,
            timeoutSeconds: 15,
          },
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    },
  };
}

export interface StaticPod {
  /** In /etc/kubernetes/manifests. */
  readonly file: string;
  readonly text: string;
  /** What the text says: the kubelet that finds it unchanged need not read YAML. */
  readonly pod: Pod;
}

export const staticPods = (address: string, podNetwork: string): readonly StaticPod[] =>
  components(address, podNetwork).map((one) => {
    const pod = manifest(one);
    return { file: `${one.name}.yaml`, text: plainYaml(pod), pod: pod as Pod };
  });
