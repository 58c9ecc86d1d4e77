/** The admission plugins that are on by default, in upstream's order. @upstream pkg/kubeapiserver/options/plugins.go */
import type { AdmissionPlugin } from './admission.ts';
import { claimResize } from './claim-resize.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { type FindPlugins, laterPlugins, type PluginSurroundings } from './later-plugins.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction/node-restriction.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { priorityAdmission } from './priority.ts';
import { resourceQuotaAdmission } from './resource-quota.ts';
import { runtimeClassAdmission } from './runtime-class.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { storageInUseProtection } from './storage-in-use-protection.ts';
import { defaultTolerationSeconds, podTopologyLabels, taintNodesByCondition } from './tolerations.ts';

export function defaultPlugins(surroundings: PluginSurroundings, find: FindPlugins): readonly AdmissionPlugin[] {
  const { world, stores } = surroundings;
  const later = laterPlugins(surroundings, find);
  return [
    namespaceLifecycle(stores),
    limitRanger(stores),
    serviceAccountAdmission(world, stores),
    nodeRestriction(stores, surroundings.authorizer),
    taintNodesByCondition,
    podSecurity(stores),
    priorityAdmission(stores),
    defaultTolerationSeconds,
    defaultStorageClass(stores),
    storageInUseProtection,
    claimResize(stores),
    runtimeClassAdmission(stores),
    ...later.certificates,
    defaultIngressClass(stores),
    podTopologyLabels(stores),
    ...later.mutating,
    ...later.validating,
    resourceQuotaAdmission(world, stores),
  ];
}
