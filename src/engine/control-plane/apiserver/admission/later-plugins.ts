/** Plugins whose code comes with the less common kinds, made once a request concerns them; until then they cost a glance. */
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
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

/** What such a plugin needs of the server. */
export interface PluginSurroundings {
  readonly world: World;
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset;
  readonly net: Net | undefined;
}

type MakePlugin = (surroundings: PluginSurroundings) => AdmissionPlugin;

interface LaterPlugins {
  readonly certificateApproval: MakePlugin;
  readonly certificateSigning: MakePlugin;
  readonly certificateSubjectRestriction: MakePlugin;
  readonly kubeletCertificates: MakePlugin;
  readonly mutatingPolicies: MakePlugin;
  readonly mutatingWebhooks: MakePlugin;
  readonly validatingPolicies: MakePlugin;
  readonly validatingWebhooks: MakePlugin;
}

/** Their code, which is there before the first request is served. */
export type FindPlugins = () => LaterPlugins;

type Concerns = (attributes: AdmissionAttributes, stores: Stores) => boolean;

const isCertificate: Concerns = ({ resource }) =>
  resource.group === certificateSigningRequests.group && resource.plural === certificateSigningRequests.plural;
const isAny =
  (registrations: Resource): Concerns =>
  (_, stores) =>
    stores.of(registrations).storage.list().length > 0;

const MUTATING: readonly (readonly [keyof LaterPlugins, string, Concerns])[] = [
  ['mutatingPolicies', 'MutatingAdmissionPolicy', isAny(mutatingAdmissionPolicyBindings)],
  ['mutatingWebhooks', 'MutatingAdmissionWebhook', isAny(mutatingWebhookConfigurations)],
];
const CERTIFICATES: typeof MUTATING = [
  ['kubeletCertificates', 'NodeRestriction', isCertificate],
  ['certificateApproval', 'CertificateApproval', isCertificate],
  ['certificateSigning', 'CertificateSigning', isCertificate],
  ['certificateSubjectRestriction', 'CertificateSubjectRestriction', isCertificate],
];
const VALIDATING: typeof MUTATING = [
  ['validatingPolicies', 'ValidatingAdmissionPolicy', isAny(validatingAdmissionPolicyBindings)],
  ['validatingWebhooks', 'ValidatingAdmissionWebhook', isAny(validatingWebhookConfigurations)],
];

/** What certificates may be asked for, and what users have registered: policies and webhooks. */
export function laterPlugins(surroundings: PluginSurroundings, find: FindPlugins) {
  const { stores } = surroundings;
  const later = ([key]: (typeof MUTATING)[number]) => {
    let plugin: AdmissionPlugin | undefined;
    return () => {
      plugin ??= find()[key](surroundings);
      return plugin;
    };
  };
  const mutating = (entry: (typeof MUTATING)[number]): AdmissionPlugin => {
    const [, name, concerns] = entry;
    const plugin = later(entry);
    return {
      name,
      admit: (attributes) => (concerns(attributes, stores) ? plugin().admit?.(attributes) : attributes.object),
    };
  };
  const validating = (entry: (typeof MUTATING)[number]): AdmissionPlugin => {
    const [, name, concerns] = entry;
    const plugin = later(entry);
    return {
      name,
      validate: (attributes) => (concerns(attributes, stores) ? plugin().validate?.(attributes) : undefined),
    };
  };
  return {
    certificates: CERTIFICATES.map(validating),
    mutating: MUTATING.map(mutating),
    validating: VALIDATING.map(validating),
  };
}
