/** RBAC as a part of the server: its authorizer, and the hooks that keep people from granting what they have not got. */
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { type Etcd, prefixRange } from '#engine/control-plane/etcd';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { StoreHooks } from '../../registry/generic/store-types.ts';
import { prefixOf } from '../../storage/prefix.ts';
import type { Authorizer } from '../authorizer.ts';
import { type EscalationCheck, escalationHooks } from './escalation.ts';
import { createRbacAuthorizer } from './rbac-authorizer.ts';
import { createRuleResolver } from './rule-resolver.ts';

export interface Rbac {
  /** For the stores of roles and bindings, which have to be there before the rest. */
  readonly hooks: { readonly [groupResource: string]: StoreHooks<KubeObject> };
  /** @param whole the server's authorizer, which also says who may `escalate` and `bind` */
  start(stores: Stores, etcd: Etcd, whole: () => Authorizer, signal: AbortSignal | undefined): Authorizer;
}

const KINDS = [roles, roleBindings, clusterRoles, clusterRoleBindings];

export function createRbac(): Rbac {
  let check: EscalationCheck | undefined;
  const hooks = escalationHooks({ roles: [roles, clusterRoles], bindings: [roleBindings, clusterRoleBindings] }, () => {
    if (!check) throw new Error('roles are written before the server stands');
    return check;
  });
  return {
    hooks,
    start(stores, etcd, whole, signal) {
      let version = 0;
      for (const kind of KINDS) {
        const stop = etcd.watch(prefixRange(prefixOf(kind)), 0, () => {
          version++;
        });
        signal?.addEventListener('abort', stop, { once: true });
      }
      const resolver = createRuleResolver(stores, () => version);
      check = { resolver, authorizer: { authorize: (attributes) => whole().authorize(attributes) } };
      return createRbacAuthorizer(resolver);
    },
  };
}
