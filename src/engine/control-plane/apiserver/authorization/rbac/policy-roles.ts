/**
 * The ClusterRoles every cluster has, as facts: `verbs : groups : resources [: names]`, or `verbs > paths`. A group of `-` is the core group,
 * `read` is get, list and watch, `record events` is what every event recorder needs.
 * @upstream plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
 */
import { nodeRules } from '../node/node-rules.ts';

export const clusterRoleRules: { readonly [name: string]: readonly string[] } = {
  admin: [],
  'cluster-admin': ['* : * : *', '* > *'],
  edit: [],
  'system:aggregate-to-admin': [
    'create : authorization.k8s.io : localsubjectaccessreviews',
    'create delete deletecollection get list patch update watch : rbac.authorization.k8s.io : rolebindings roles',
  ],
  'system:aggregate-to-edit': [
    'read : - : pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy',
    'impersonate : - : serviceaccounts',
    'create delete deletecollection patch update : - : pods pods/attach pods/exec pods/portforward pods/proxy',
    'create : - : pods/eviction',
    'create delete deletecollection patch update : - : configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    'create : - : serviceaccounts/token',
    'create delete deletecollection patch update : - events.k8s.io : events',
    'create delete deletecollection patch update : apps : daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    'create delete deletecollection patch update : autoscaling : horizontalpodautoscalers',
    'create delete deletecollection patch update : batch : cronjobs jobs',
    'create delete deletecollection patch update : extensions : daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
    'create delete deletecollection patch update : policy : poddisruptionbudgets',
    'create delete deletecollection patch update : networking.k8s.io : ingresses networkpolicies',
    'create delete deletecollection get list patch update watch : coordination.k8s.io : leases',
    'create delete deletecollection patch update : resource.k8s.io : resourceclaims resourceclaimtemplates',
  ],
  'system:aggregate-to-view': [
    'read : - : configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    'read : - : bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    'read : - : namespaces',
    'read : - events.k8s.io : events',
    'read : discovery.k8s.io : endpointslices',
    'read : apps : controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    'read : autoscaling : horizontalpodautoscalers horizontalpodautoscalers/status',
    'read : batch : cronjobs cronjobs/status jobs jobs/status',
    'read : extensions : daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
    'read : policy : poddisruptionbudgets poddisruptionbudgets/status',
    'read : networking.k8s.io : ingresses ingresses/status networkpolicies',
    'read : resource.k8s.io : resourceclaims resourceclaims/status resourceclaimtemplates',
  ],
  'system:auth-delegator': [
    'create : authentication.k8s.io : tokenreviews',
    'create : authorization.k8s.io : subjectaccessreviews',
  ],
  'system:basic-user': [
    'create : authorization.k8s.io : selfsubjectaccessreviews selfsubjectrulesreviews',
    'create : authentication.k8s.io : selfsubjectreviews',
  ],
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [
    'create : certificates.k8s.io : certificatesigningrequests/nodeclient',
  ],
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [
    'create : certificates.k8s.io : certificatesigningrequests/selfnodeclient',
  ],
  'system:certificates.k8s.io:kube-apiserver-client-approver': [
    'approve : certificates.k8s.io : signers : kubernetes.io/kube-apiserver-client',
  ],
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': [
    'approve : certificates.k8s.io : signers : kubernetes.io/kube-apiserver-client-kubelet',
  ],
  'system:certificates.k8s.io:kubelet-serving-approver': [
    'approve : certificates.k8s.io : signers : kubernetes.io/kubelet-serving',
  ],
  'system:certificates.k8s.io:legacy-unknown-approver': [
    'approve : certificates.k8s.io : signers : kubernetes.io/legacy-unknown',
  ],
  'system:discovery': [
    'get > /api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/',
  ],
  'system:heapster': ['read : - : events namespaces nodes pods', 'read : extensions : deployments'],
  'system:kube-aggregator': ['read : - : endpoints services'],
  'system:kube-controller-manager': [
    'record events',
    'create : coordination.k8s.io : leases',
    'get update : coordination.k8s.io : leases : kube-controller-manager',
    'create : - : secrets serviceaccounts',
    'delete : - : secrets',
    'get : - : configmaps namespaces secrets serviceaccounts',
    'update : - : secrets serviceaccounts',
    'create : authentication.k8s.io : tokenreviews',
    'create : authorization.k8s.io : subjectaccessreviews',
    'list watch : * : *',
    'create : - : serviceaccounts/token',
  ],
  'system:kube-dns': ['list watch : - : endpoints services'],
  'system:kube-scheduler': [
    'record events',
    'create : coordination.k8s.io : leases',
    'get list update watch : coordination.k8s.io : leases : kube-scheduler',
    'create delete deletecollection get list patch update watch : coordination.k8s.io : leasecandidates',
    'read : - : nodes',
    'delete get list watch : - : pods',
    'create : - : bindings pods/binding',
    'patch update : - : pods/status',
    'read : - : replicationcontrollers services',
    'read : apps extensions : replicasets',
    'read : apps : statefulsets',
    'read : policy : poddisruptionbudgets',
    'read : - : persistentvolumeclaims persistentvolumes',
    'create : authentication.k8s.io : tokenreviews',
    'create : authorization.k8s.io : subjectaccessreviews',
    'read : storage.k8s.io : csinodes',
    'read : storage.k8s.io : volumeattachments',
    'read : - : namespaces',
    'read : storage.k8s.io : csidrivers',
    'read : storage.k8s.io : csistoragecapacities',
    'read : resource.k8s.io : deviceclasses',
    'get list patch update watch : resource.k8s.io : resourceclaims',
    'get list patch update watch : resource.k8s.io : resourceclaims/status',
    'update : - : pods/finalizers',
    'read : resource.k8s.io : resourceslices',
    'create delete : resource.k8s.io : resourceclaims',
    'patch update : resource.k8s.io : resourceclaims/binding',
  ],
  'system:kubelet-api-admin': [
    'read : - : nodes',
    'proxy : - : nodes',
    '* : - : nodes/log nodes/metrics nodes/proxy nodes/stats',
    '* : - : nodes/configz nodes/healthz nodes/pods',
  ],
  'system:monitoring': [
    'get > /flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz',
    'get : - : nodes/metrics',
  ],
  'system:node': nodeRules,
  'system:node-bootstrapper': ['create get list watch : certificates.k8s.io : certificatesigningrequests'],
  'system:node-problem-detector': ['get : - : nodes', 'patch : - : nodes/status', 'record events'],
  'system:node-proxier': [
    'list watch : - : endpoints services',
    'read : - : nodes',
    'record events',
    'list watch : networking.k8s.io : servicecidrs',
    'list watch : discovery.k8s.io : endpointslices',
  ],
  'system:persistent-volume-provisioner': [
    'create delete get list watch : - : persistentvolumes',
    'get list update watch : - : persistentvolumeclaims',
    'read : storage.k8s.io : storageclasses',
    'watch : - : events',
    'record events',
  ],
  'system:public-info-viewer': ['get > /healthz /livez /readyz /version /version/'],
  'system:service-account-issuer-discovery': [
    'get > /.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
  ],
  'system:volume-scheduler': [
    'get list patch update watch : - : persistentvolumes',
    'read : storage.k8s.io : storageclasses',
    'get list patch update watch : - : persistentvolumeclaims',
  ],
  view: [],
};

/** Roles by `namespace/name`. */
export const roleRules: { readonly [key: string]: readonly string[] } = {
  'kube-public/system:controller:bootstrap-signer': [
    'read : - : configmaps',
    'update : - : configmaps : cluster-info',
    'record events',
  ],
  'kube-system/extension-apiserver-authentication-reader': [
    'read : - : configmaps : extension-apiserver-authentication',
  ],
  'kube-system/system::leader-locking-kube-controller-manager': [
    'create get list update watch : coordination.k8s.io : leases',
    'create get list update watch : coordination.k8s.io : leasecandidates',
  ],
  'kube-system/system::leader-locking-kube-scheduler': [
    'create get list update watch : coordination.k8s.io : leases',
    'create get list update watch : coordination.k8s.io : leasecandidates',
  ],
  'kube-system/system:controller:bootstrap-signer': ['read : - : secrets'],
  'kube-system/system:controller:cloud-provider': ['create get list watch : - : configmaps'],
  'kube-system/system:controller:token-cleaner': ['delete get list watch : - : secrets', 'record events'],
};
