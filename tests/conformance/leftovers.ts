/** Objects of the recorder's that no answer shows whole, but that others speak of: Tables and metadata tell what they were. */
import type { Exchange } from './exchange.ts';

interface Leftover {
  readonly collection: string;
  readonly body: { readonly metadata: { readonly name: string } };
}

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'nginx:1.29' }] },
};

const binding: Leftover = {
  collection: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  body: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'reads-crb' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'User', name: 'alice' }],
  } as Leftover['body'],
};

const storageClass: Leftover = {
  collection: '/apis/storage.k8s.io/v1/storageclasses',
  body: {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'reads-sc', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'k8s.io/minikube-hostpath',
  } as Leftover['body'],
};

/** What the recorder's distribution adds was taken out of the answers, not out of their counts and versions. */
const takenOut: Leftover = {
  ...binding,
  body: { ...binding.body, metadata: { name: 'system:controller:service-ca-cert-publisher' } },
};

/** What a population of the reads needs besides what is shown whole. */
export const unshown: readonly Leftover[] = [
  binding,
  takenOut,
  {
    collection: '/api/v1/namespaces/reads/podtemplates',
    body: { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'pt' }, template } as Leftover['body'],
  },
  {
    collection: '/apis/apps/v1/namespaces/reads/daemonsets',
    body: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { ...template, spec: { ...template.spec, nodeSelector: { a: 'b' } } },
      },
    } as Leftover['body'],
  },
  {
    collection: '/apis/resource.k8s.io/v1/deviceclasses',
    body: { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: 'reads-dc' } } as Leftover['body'],
  },
];

/** Those that a recorded answer shows the effect of without having asked for them. */
export function effectsIn({ path, body, response }: Exchange): readonly Leftover[] {
  const answer = JSON.stringify(response ?? '');
  const said = `${path}${JSON.stringify(body ?? '')}`;
  return [binding, storageClass].filter(({ body: { metadata } }) => {
    return answer.includes(metadata.name) && !said.includes(metadata.name);
  });
}
