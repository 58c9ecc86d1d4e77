/** The admission plugins that are on by default, in upstream's order. @upstream pkg/kubeapiserver/options/plugins.go */
import type { Net } from '#engine/http';
import type { World } from '#engine/sim';
import type { LoadAsset } from '../assets.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionPlugin } from './admission.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts';
import { claimResize } from './claim-resize.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { priorityAdmission } from './priority.ts';
import { type BringPlugins, registeredAdmission } from './registered.ts';
import { resourceQuotaAdmission } from './resource-quota.ts';
import { runtimeClassAdmission } from './runtime-class.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { storageInUseProtection } from './storage-in-use-protection.ts';
import { defaultTolerationSeconds, podTopologyLabels, taintNodesByCondition } from './tolerations.ts';

/** What plugins need of the server besides its stores. */
export interface PluginSurroundings {
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset | undefined;
  readonly net: Net | undefined;
  readonly bringPlugins: BringPlugins;
}

export const defaultPlugins = (
  world: World,
  stores: Stores,
  surroundings: PluginSurroundings,
): readonly AdmissionPlugin[] => [
  namespaceLifecycle(stores),
  limitRanger(stores),
  serviceAccountAdmission(world, stores),
  taintNodesByCondition,
  podSecurity(stores),
  priorityAdmission(stores),
  defaultTolerationSeconds,
  defaultStorageClass(stores),
  storageInUseProtection,
  claimResize(stores),
  runtimeClassAdmission(stores),
  certificateApproval(surroundings.authorizer),
  certificateSigning(surroundings.authorizer),
  certificateSubjectRestriction,
  defaultIngressClass(stores),
  podTopologyLabels(stores),
  ...registeredAdmission({ world, stores, ...surroundings }, surroundings.bringPlugins),
  resourceQuotaAdmission(world, stores),
];
