/** Plugins whose code comes with the less common kinds, once a request concerns them; until then they cost a glance. */
import {
  certificateSigningRequests,
  mutatingAdmissionPolicyBindings,
  mutatingWebhookConfigurations,
  type Resource,
  validatingAdmissionPolicyBindings,
  validatingWebhookConfigurations,
} from '#engine/api';
import type { Net } from '#engine/http';
import { invariant, type World } from '#engine/sim';
import type { LoadAsset } from '../assets.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

/** What such a plugin needs of the server. */
export interface PluginSurroundings {
  readonly world: World;
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset | undefined;
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

/** Brings their code; absent where no assets are to be had. */
export type BringPlugins = (() => Promise<LaterPlugins>) | undefined;

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
export function laterPlugins(surroundings: PluginSurroundings, bring: BringPlugins) {
  const { stores } = surroundings;
  const later = ([key, name]: (typeof MUTATING)[number]) => {
    let plugin: Promise<AdmissionPlugin> | undefined;
    return () => {
      plugin ??= (async () => {
        invariant(bring, `${name}: this server brings no assets`);
        return (await bring())[key](surroundings);
      })();
      return plugin;
    };
  };
  const mutating = (entry: (typeof MUTATING)[number]): AdmissionPlugin => {
    const [, name, concerns] = entry;
    const plugin = later(entry);
    return {
      name,
      admit: (attributes) =>
        concerns(attributes, stores) ? plugin().then(({ admit }) => admit?.(attributes)) : attributes.object,
    };
  };
  const validating = (entry: (typeof MUTATING)[number]): AdmissionPlugin => {
    const [, name, concerns] = entry;
    const plugin = later(entry);
    return {
      name,
      validate: (attributes) =>
        concerns(attributes, stores) ? plugin().then(({ validate }) => validate?.(attributes)) : undefined,
    };
  };
  return {
    certificates: CERTIFICATES.map(validating),
    mutating: MUTATING.map(mutating),
    validating: VALIDATING.map(validating),
  };
}
