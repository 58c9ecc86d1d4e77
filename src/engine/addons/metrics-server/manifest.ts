/**
 * The manifest that installs metrics-server: upstream's components.yaml of v0.8.0.
 * @upstream sigs.k8s.io/metrics-server manifests/base
 */
import type { JsonMap } from '#engine/apimachinery';

const NAME = 'metrics-server';
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';
const labels = { 'k8s-app': NAME };
const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }];
const READ = ['get', 'list', 'watch'];

const clusterRole = (
  name: string,
  rules: readonly JsonMap[],
  more: { readonly [key: string]: string } = {},
): JsonMap => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { labels: { ...labels, ...more }, name },
  rules,
});

const binding = (name: string, role: string, kind: 'Role' | 'ClusterRole'): JsonMap => ({
  apiVersion: `${RBAC}/v1`,
  kind: `${kind}Binding`,
  metadata: { labels, name, ...(kind === 'Role' && { namespace: NAMESPACE }) },
  roleRef: { apiGroup: RBAC, kind, name: role },
  subjects,
});

const probe = (path: string, more: JsonMap = {}): JsonMap => ({
  failureThreshold: 3,
  httpGet: { path, port: 'https', scheme: 'HTTPS' },
  ...more,
  periodSeconds: 10,
});

const container: JsonMap = {
  args: [
    '--cert-dir=/tmp',
    '--secure-port=10250',
    '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
    '--kubelet-use-node-status-port',
    '--metric-resolution=15s',
  ],
  image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
  imagePullPolicy: 'IfNotPresent',
  livenessProbe: probe('/livez'),
  name: NAME,
  ports: [{ containerPort: 10250, name: 'https', protocol: 'TCP' }],
  readinessProbe: probe('/readyz', { initialDelaySeconds: 20 }),
  resources: { requests: { cpu: '100m', memory: '200Mi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  volumeMounts: [{ mountPath: '/tmp', name: 'tmp-dir' }],
};

const aggregate = (role: string) => ({ [`${RBAC}/aggregate-to-${role}`]: 'true' });

/** The objects, in the order in which they are applied. */
export const metricsServerManifest: readonly JsonMap[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { labels, name: NAME, namespace: NAMESPACE } },
  clusterRole(
    'system:aggregated-metrics-reader',
    [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: READ }],
    { ...aggregate('admin'), ...aggregate('edit'), ...aggregate('view') },
  ),
  clusterRole('system:metrics-server', [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: READ },
  ]),
  binding('metrics-server-auth-reader', 'extension-apiserver-authentication-reader', 'Role'),
  binding('metrics-server:system:auth-delegator', 'system:auth-delegator', 'ClusterRole'),
  binding('system:metrics-server', 'system:metrics-server', 'ClusterRole'),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { labels, name: NAME, namespace: NAMESPACE },
    spec: {
      ports: [{ appProtocol: 'https', name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }],
      selector: labels,
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { labels, name: NAME, namespace: NAMESPACE },
    spec: {
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          containers: [container],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: NAME,
          volumes: [{ emptyDir: {}, name: 'tmp-dir' }],
        },
      },
    },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { labels, name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      groupPriorityMinimum: 100,
      insecureSkipTLSVerify: true,
      service: { name: NAME, namespace: NAMESPACE },
      version: 'v1beta1',
      versionPriority: 100,
    },
  },
];
