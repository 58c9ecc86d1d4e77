/** Admission that users register: policies and webhooks. Its code comes with the less common kinds, once one of them is there. */
import {
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
import type { AdmissionPlugin } from './admission.ts';

/** What such a plugin needs of the server. */
export interface RegisteredSurroundings {
  readonly world: World;
  readonly stores: Stores;
  readonly authorizer: () => Authorizer;
  readonly load: LoadAsset | undefined;
  readonly net: Net | undefined;
}

type MakePlugin = (surroundings: RegisteredSurroundings) => AdmissionPlugin;

/** The plugins, by the phase they act in. */
export interface RegisteredPlugins {
  readonly mutatingPolicies: MakePlugin;
  readonly mutatingWebhooks: MakePlugin;
  readonly validatingPolicies: MakePlugin;
  readonly validatingWebhooks: MakePlugin;
}

/** Brings the plugins' code; absent where no assets are to be had. */
export type BringPlugins = (() => Promise<RegisteredPlugins>) | undefined;

const PLUGINS: readonly (readonly [keyof RegisteredPlugins, string, Resource])[] = [
  ['mutatingPolicies', 'MutatingAdmissionPolicy', mutatingAdmissionPolicyBindings],
  ['mutatingWebhooks', 'MutatingAdmissionWebhook', mutatingWebhookConfigurations],
  ['validatingPolicies', 'ValidatingAdmissionPolicy', validatingAdmissionPolicyBindings],
  ['validatingWebhooks', 'ValidatingAdmissionWebhook', validatingWebhookConfigurations],
];

/** In upstream's order. Without registrations they cost a look at an empty list. */
export function registeredAdmission(surroundings: RegisteredSurroundings, bring: BringPlugins): AdmissionPlugin[] {
  return PLUGINS.map(([key, name, registrations]) => {
    let plugin: Promise<AdmissionPlugin> | undefined;
    const isIdle = () => surroundings.stores.of(registrations).storage.list().length === 0;
    const loaded = () => {
      plugin ??= (async () => {
        invariant(bring, `${name}: this server brings no assets`);
        return (await bring())[key](surroundings);
      })();
      return plugin;
    };
    if (key === 'validatingPolicies' || key === 'validatingWebhooks')
      return {
        name,
        validate: (attributes) => (isIdle() ? undefined : loaded().then(({ validate }) => validate?.(attributes))),
      };
    return {
      name,
      admit: (attributes) => (isIdle() ? attributes.object : loaded().then(({ admit }) => admit?.(attributes))),
    };
  });
}
