/** Which recorded cases touch only what is served so far: counted apart, so that progress on the rest stays visible. */
import type { Exchange } from './exchange.ts';

const SERVED: { readonly [groupVersion: string]: readonly string[] } = {
  v1: [
    'namespaces',
    'nodes',
    'pods',
    'podtemplates',
    'replicationcontrollers',
    'services',
    'endpoints',
    'configmaps',
    'secrets',
    'serviceaccounts',
    'events',
    'limitranges',
    'resourcequotas',
    'persistentvolumes',
    'persistentvolumeclaims',
  ],
  'apps/v1': ['deployments', 'replicasets', 'daemonsets', 'statefulsets', 'controllerrevisions'],
  'batch/v1': ['jobs', 'cronjobs'],
  'autoscaling/v1': ['horizontalpodautoscalers'],
  'autoscaling/v2': ['horizontalpodautoscalers'],
  'discovery.k8s.io/v1': ['endpointslices'],
  'coordination.k8s.io/v1': ['leases'],
  'scheduling.k8s.io/v1': ['priorityclasses'],
  'events.k8s.io/v1': ['events'],
  'rbac.authorization.k8s.io/v1': ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
  'policy/v1': ['poddisruptionbudgets'],
  'storage.k8s.io/v1': [
    'storageclasses',
    'csidrivers',
    'csinodes',
    'csistoragecapacities',
    'volumeattachments',
    'volumeattributesclasses',
  ],
  'networking.k8s.io/v1': ['ingresses', 'ingressclasses', 'networkpolicies', 'servicecidrs', 'ipaddresses'],
  'certificates.k8s.io/v1': ['certificatesigningrequests'],
  'flowcontrol.apiserver.k8s.io/v1': ['flowschemas', 'prioritylevelconfigurations'],
  'apiregistration.k8s.io/v1': ['apiservices'],
  'resource.k8s.io/v1': ['deviceclasses', 'resourceclaims', 'resourceclaimtemplates', 'resourceslices'],
  'authorization.k8s.io/v1': [
    'selfsubjectaccessreviews',
    'selfsubjectrulesreviews',
    'subjectaccessreviews',
    'localsubjectaccessreviews',
  ],
  'authentication.k8s.io/v1': ['tokenreviews', 'selfsubjectreviews'],
  'node.k8s.io/v1': ['runtimeclasses'],
  'admissionregistration.k8s.io/v1': [
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
  ],
  'apiextensions.k8s.io/v1': ['customresourcedefinitions'],
  'rec.example.com/v1': ['gizmos', 'sprockets', 'doodads', 'widgets'],
};

function servedPath(path: string): boolean {
  const bare = path.split('?')[0] as string;
  const match =
    /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/(?:watch\/)?(?:namespaces\/[^/]+\/(?!status|finalize)([^/]+)|([^/]+))/.exec(
      bare,
    );
  if (!match) return !bare.startsWith('/apis/') || bare.split('/').length > 4;
  const groupVersion = match[1] ?? (match[2] as string);
  const plural = match[3] ?? (match[4] as string);
  return SERVED[groupVersion]?.includes(plural) ?? false;
}

export const isServed = (_id: string, exchanges: readonly Pick<Exchange, 'path'>[]): boolean =>
  exchanges.every(({ path }) => servedPath(path));

/** The kinds a fresh list may show: for Tables and lists of cluster-scoped kinds only shapes are compared. */
export const servedKind = (groupVersion: string, plural: string): boolean =>
  SERVED[groupVersion]?.includes(plural) ?? false;
