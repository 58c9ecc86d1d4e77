/**
 * The admission chain: after authorization, before storage. First every plugin may change the object, then every plugin
 * may refuse it.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/interfaces.go
 */

import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { UserInfo } from '../context.ts';
import type { Walk } from '../walk.ts';
import type { Reinvocation } from './reinvocation.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One request as admission sees it. */
export interface AdmissionAttributes {
  readonly operation: AdmissionOperation;
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** The object wanted; absent for DELETE. For subresources such as binding, their own kind. */
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly warn: (text: string) => void;
  /** Where what happens is noted. */
  readonly walk: Walk;
}

/** `admit` returns the object, changed or not; `validate` throws StatusError to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  admit?(attributes: AdmissionAttributes): KubeObject | undefined | Promise<KubeObject | undefined>;
  validate?(attributes: AdmissionAttributes): void | Promise<void>;
}

export interface AdmissionChain {
  admit(attributes: AdmissionAttributes): Promise<KubeObject | undefined>;
  validate(attributes: AdmissionAttributes): Promise<void>;
}

/** Each plugin sees what those before it made. */
async function pass(
  plugins: readonly AdmissionPlugin[],
  attributes: AdmissionAttributes,
  from: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  const { walk } = attributes;
  let object = from;
  for (const plugin of plugins) {
    walk.enter('mutating', plugin.name);
    const result = plugin.admit?.(object === attributes.object ? attributes : { ...attributes, object });
    const next = result instanceof Promise ? await result : result;
    walk.passIfChanged(object, next);
    object = next;
  }
  return object;
}

/** Plugins run in the given order; the mutating ones once more when a policy or a webhook changed something and others want to know. */
export function createAdmissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  const mutating = plugins.filter((plugin) => plugin.admit);
  const validating = plugins.filter((plugin) => plugin.validate);
  const names = { mutating: mutating.map(({ name }) => name), validating: validating.map(({ name }) => name) };
  return {
    async admit(attributes) {
      const { walk } = attributes;
      walk.mutating = names.mutating;
      walk.reinvocation = undefined;
      const object = await pass(mutating, attributes, attributes.object);
      // Set by plugins while they ran.
      const reinvocation = walk.reinvocation as Reinvocation | undefined;
      if (!reinvocation?.isWanted) return object;
      reinvocation.isReinvoke = true;
      return pass(mutating, attributes, object);
    },
    async validate(attributes) {
      const { walk } = attributes;
      walk.validating = names.validating;
      for (const plugin of validating) {
        walk.enter('validating', plugin.name);
        const result = plugin.validate?.(attributes);
        if (result instanceof Promise) await result;
      }
    },
  };
}
