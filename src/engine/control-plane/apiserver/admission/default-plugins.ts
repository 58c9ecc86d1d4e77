/** The admission plugins that are on by default, in upstream's order. @upstream pkg/kubeapiserver/options/plugins.go */
import {
  certificateSigningRequests,
  mutatingAdmissionPolicyBindings,
  mutatingWebhookConfigurations,
  type Resource,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '#engine/api';
import type { Net } from '#engine/http';
import type { World } from '#engine/sim';
import type { LoadAsset } from '../assets.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionPlugin } from './admission.ts';
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  kubeletCertificates,
} from './certificates.ts';
import { claimResize } from './claim-resize.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction/node-restriction.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { mutatingPolicies } from './policy/mutating.ts';
import { validatingPolicies } from './policy/validating.ts';
import { priorityAdmission } from './priority.ts';
import { resourceQuotaAdmission } from './resource-quota.ts';
import { runtimeClassAdmission } from './runtime-class.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { storageInUseProtection } from './storage-in-use-protection.ts';
import { defaultTolerationSeconds, podTopologyLabels, taintNodesByCondition } from './tolerations.ts';
import { mutatingWebhooks, validatingWebhooks } from './webhook/dispatch.ts';

/** What plugins need of the server. */
interface PluginSurroundings {
  readonly world: World;
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset;
  readonly net: Net | undefined;
}

export function defaultPlugins(surroundings: PluginSurroundings): readonly AdmissionPlugin[] {
  const { world, stores } = surroundings;
  const { mutating, validating } = registered(surroundings);
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
    ...certificatePlugins(surroundings),
    defaultIngressClass(stores),
    podTopologyLabels(stores),
    ...mutating,
    ...validating,
    resourceQuotaAdmission(world, stores),
  ];
}

const certificatePlugins = (surroundings: PluginSurroundings): readonly AdmissionPlugin[] =>
  [
    kubeletCertificates(),
    certificateApproval(surroundings),
    certificateSigning(surroundings),
    certificateSubjectRestriction(),
  ].map(
    ({ name, validate }): AdmissionPlugin => ({
      name,
      validate: (attributes) =>
        attributes.resource.plural === certificateSigningRequests.plural ? validate?.(attributes) : undefined,
    }),
  );

/** Policies and webhooks: until somebody registers one they cost a glance. */
function registered(surroundings: PluginSurroundings) {
  const { stores } = surroundings;
  const isAny = (registrations: Resource) => stores.of(registrations).storage.list().length > 0;
  const mutating = (registrations: Resource, { name, admit }: AdmissionPlugin): AdmissionPlugin => ({
    name,
    admit: (attributes) => (isAny(registrations) ? admit?.(attributes) : attributes.object),
  });
  const validating = (registrations: Resource, { name, validate }: AdmissionPlugin): AdmissionPlugin => ({
    name,
    validate: (attributes) => (isAny(registrations) ? validate?.(attributes) : undefined),
  });
  return {
    mutating: [
      mutating(mutatingAdmissionPolicyBindings, mutatingPolicies(surroundings)),
      mutating(mutatingWebhookConfigurations, mutatingWebhooks(surroundings)),
    ],
    validating: [
      validating(validatingAdmissionPolicyBindings, validatingPolicies(surroundings)),
      validating(validatingWebhookConfigurations, validatingWebhooks(surroundings)),
    ],
  };
}
