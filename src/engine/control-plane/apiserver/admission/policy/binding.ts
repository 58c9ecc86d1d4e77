/** Policies with their bindings and parameters: what validating and mutating ones share. @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go */
import type { MatchResources, ParamKind, ParamRef, Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Served, Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { type Matched, matchResources, namespaceOf } from './match.ts';
import { ConfigurationError, collectParams, paramSource } from './params.ts';

/** A policy of either kind, as far as it says what it is about. */
export interface PolicyObject extends KubeObject {
  readonly spec?: {
    readonly failurePolicy?: string;
    readonly paramKind?: ParamKind;
    readonly matchConstraints?: MatchResources;
  };
}

export interface BindingObject extends KubeObject {
  readonly spec?: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef;
    readonly matchResources?: MatchResources;
  };
}

/** One policy over one request with one parameter, or why that cannot be. */
export interface Invocation<P, B> {
  readonly policy: P;
  readonly binding: B | undefined;
  readonly matched: Matched;
  readonly param: KubeObject | undefined;
  readonly misconfigured: string | undefined;
}

/** The words for a policy or binding that cannot work; other errors go on. */
function faultOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

/** All that the request has to pass, by names of policies and bindings. */
export function invocations<P extends PolicyObject, B extends BindingObject>(
  stores: Stores,
  policies: Resource<P>,
  bindings: readonly B[],
  attributes: AdmissionAttributes,
): readonly Invocation<P, B>[] {
  const byPolicy = new Map<string, B[]>();
  for (const binding of bindings) {
    const name = binding.spec?.policyName ?? '';
    byPolicy.set(name, [...(byPolicy.get(name) ?? []), binding]);
  }
  const found: Invocation<P, B>[] = [];
  for (const [name, bound] of [...byPolicy].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const policy = stores.of(policies).find(undefined, name);
    const matched = policy && matchResources(policy.spec?.matchConstraints, attributes, stores);
    if (policy && matched) found.push(...ofPolicy(stores, policy, bound, matched, attributes));
  }
  return found;
}

function ofPolicy<P extends PolicyObject, B extends BindingObject>(
  stores: Stores,
  policy: P,
  bindings: readonly B[],
  matched: Matched,
  attributes: AdmissionAttributes,
): readonly Invocation<P, B>[] {
  const { paramKind } = policy.spec ?? {};
  let source: Served | undefined;
  const why = faultOf(() => {
    source = paramKind && paramSource(stores, paramKind);
  });
  const base = { policy, matched, param: undefined, misconfigured: undefined };
  if (why !== undefined) return [{ ...base, binding: undefined, misconfigured: `failed to configure policy: ${why}` }];
  return bindings.flatMap((binding): readonly Invocation<P, B>[] => {
    if (!matchResources(binding.spec?.matchResources, attributes, stores)) return [];
    let params: readonly (KubeObject | undefined)[] = [];
    const wrong = faultOf(() => {
      params = collectParams(source, binding.spec?.paramRef, attributes.namespace);
    });
    if (wrong !== undefined) return [{ ...base, binding, misconfigured: `failed to configure binding: ${wrong}` }];
    return params.map((param) => ({ ...base, binding, param }));
  });
}

/** The request's namespace as an object; cluster-scoped requests and Namespaces have none. Throws NotFound. */
export function namespaceObjectOf(
  { namespace, resource }: AdmissionAttributes,
  stores: Stores,
): KubeObject | undefined {
  if (namespace === '' || (resource.group === '' && resource.plural === 'namespaces')) return undefined;
  return namespaceOf(namespace, stores);
}
