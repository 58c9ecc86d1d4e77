/** Who may do what until RBAC decides: the parts of the cluster everything, anyone else nothing. */
import type { Authorizer } from '#engine/control-plane/apiserver';

const COMPONENTS = new Set(['system:kube-scheduler', 'system:kube-controller-manager', 'system:kube-proxy']);
const GROUPS = new Set(['system:nodes', 'system:serviceaccounts:kube-system']);

/** @fidelity partial: Roles and bindings do not decide yet; components, Nodes and kube-system ServiceAccounts are trusted as a whole */
export const componentAuthorizer: Authorizer = {
  authorize: ({ user }) => ({
    allowed: COMPONENTS.has(user.username) || user.groups.some((group) => GROUPS.has(group)),
  }),
};
