/** What `kubeadm init` applies once the API answers: kube-proxy, cluster DNS, and the CNI plugin's DaemonSet. */

import {
  type ClusterRole,
  type ClusterRoleBinding,
  type ConfigMap,
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  type DaemonSet,
  type Deployment,
  daemonSets,
  deployments,
  type PodSpec,
  type RbacV1Subject,
  type Resource,
  type Service,
  type ServiceAccount,
  serviceAccounts,
  services,
} from '#engine/api';
import type { Draft, KubeObject } from '#engine/apimachinery';
import { imageOf } from './component-images.ts';
import { CLUSTER_DNS, KUBERNETES_VERSION, SERVICE_NETWORK } from './options.ts';

export interface AddonObject<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly object: Draft<T>;
}

const of = <T extends KubeObject>(resource: Resource<T>, object: Draft<T>): AddonObject =>
  ({ resource, object }) as unknown as AddonObject;
const namespace = 'kube-system';

/** What a ServiceAccount of an addon may do anywhere. */
const grant = (name: string, accountName: string, rules: ClusterRole['rules']): readonly AddonObject[] => [
  of<ClusterRole>(clusterRoles, { metadata: { name }, ...(rules && { rules }) }),
  of<ClusterRoleBinding>(clusterRoleBindings, {
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: accountName, namespace }],
  }),
];

/** A built-in ClusterRole for somebody else. */
const bind = (name: string, role: string, subject: RbacV1Subject): AddonObject =>
  of<ClusterRoleBinding>(clusterRoleBindings, {
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [subject],
  });

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['list', 'watch'];

const account = (name: string) => of<ServiceAccount>(serviceAccounts, { metadata: { name, namespace } });

/** One privileged Pod on every Node, whatever its taints, that knows its Node's name. */
function nodeAgent(
  name: string,
  labels: { readonly [key: string]: string },
  container: PodSpec['containers'][number],
  memory?: string,
): AddonObject {
  return of<DaemonSet>(daemonSets, {
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              ...container,
              env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
              ...(memory && { resources: { requests: { cpu: '100m', memory }, limits: { cpu: '100m', memory } } }),
              securityContext: { privileged: true },
            },
          ],
          hostNetwork: true,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-node-critical',
          serviceAccountName: name,
          tolerations: [{ operator: 'Exists' }],
        },
      },
    },
  });
}

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

const corednsSpec: Draft<Deployment>['spec'] = {
  replicas: 2,
  selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
  template: {
    metadata: { labels: { 'k8s-app': 'kube-dns' } },
    spec: {
      priorityClassName: 'system-cluster-critical',
      serviceAccountName: 'coredns',
      tolerations: [
        { key: 'CriticalAddonsOnly', operator: 'Exists' },
        { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
      ],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      containers: [
        {
          name: 'coredns',
          image: imageOf('coredns'),
          imagePullPolicy: 'IfNotPresent',
          resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
          args: ['-conf', '/etc/coredns/Corefile'],
          volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
          ports: [
            { containerPort: 53, name: 'dns', protocol: 'UDP' },
            { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
            { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
          ],
          livenessProbe: {
            httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
            initialDelaySeconds: 60,
            timeoutSeconds: 5,
            successThreshold: 1,
            failureThreshold: 5,
          },
          readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
        },
      ],
      dnsPolicy: 'Default',
      volumes: [
        { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
      ],
    },
  },
};

const dnsService: Draft<Service> = {
  metadata: {
    name: 'kube-dns',
    namespace,
    annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
  },
  spec: {
    selector: { 'k8s-app': 'kube-dns' },
    clusterIP: CLUSTER_DNS,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
    ],
  },
};

const clusterConfiguration = (podNetwork: string) => `apiVersion: kubeadm.k8s.io/v1beta4
clusterName: kubernetes
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: ${KUBERNETES_VERSION}
networking:
  dnsDomain: cluster.local
  podSubnet: ${podNetwork}
  serviceSubnet: ${SERVICE_NETWORK}
`;

const configMap = (name: string, data: { readonly [key: string]: string }) =>
  of<ConfigMap>(configMaps, { metadata: { name, namespace }, data });

export const addonObjects = (podNetwork: string): readonly AddonObject[] => [
  configMap('kubeadm-config', { ClusterConfiguration: clusterConfiguration(podNetwork) }),
  bind('kubeadm:cluster-admins', 'cluster-admin', { kind: 'Group', apiGroup: RBAC, name: 'kubeadm:cluster-admins' }),
  account('kube-proxy'),
  bind('kubeadm:node-proxier', 'system:node-proxier', { kind: 'ServiceAccount', name: 'kube-proxy', namespace }),
  nodeAgent(
    'kube-proxy',
    { 'k8s-app': 'kube-proxy' },
    {
      name: 'kube-proxy',
      image: imageOf('kube-proxy'),
      command: ['/usr/local/bin/kube-proxy', '--hostname-override=$(NODE_NAME)'],
    },
  ),
  account('kindnet'),
  ...grant('kindnet', 'kindnet', [
    { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch', 'patch'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'namespaces'], verbs: READ },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: READ },
  ]),
  nodeAgent(
    'kindnet',
    { app: 'kindnet', 'k8s-app': 'kindnet', tier: 'node' },
    { name: 'kindnet-cni', image: imageOf('kindnetd') },
    '50Mi',
  ),
  account('coredns'),
  ...grant('system:coredns', 'coredns', [
    { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: READ },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
  ]),
  configMap('coredns', { Corefile: COREFILE }),
  of<Deployment>(deployments, {
    metadata: { name: 'coredns', namespace, labels: { 'k8s-app': 'kube-dns' } },
    spec: corednsSpec,
  }),
  of<Service>(services, dnsService),
];
