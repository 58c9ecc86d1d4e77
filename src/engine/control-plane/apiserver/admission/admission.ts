/**
 * The admission chain: after authorization, before storage. First every plugin may change the object, then every plugin
 * may refuse it.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/interfaces.go
 */

import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { UserInfo } from '../context.ts';

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

/** Plugins run in the given order. */
export function createAdmissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  const mutating = plugins.filter((plugin) => plugin.admit);
  const validating = plugins.filter((plugin) => plugin.validate);
  return {
    async admit(attributes) {
      let { object } = attributes;
      for (const plugin of mutating) {
        const result = plugin.admit?.(object === attributes.object ? attributes : { ...attributes, object });
        object = result instanceof Promise ? await result : result;
      }
      return object;
    },
    async validate(attributes) {
      for (const plugin of validating) {
        const result = plugin.validate?.(attributes);
        if (result instanceof Promise) await result;
      }
    },
  };
}
