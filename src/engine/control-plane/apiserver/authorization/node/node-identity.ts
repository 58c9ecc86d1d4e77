/** Who speaks for a Node. @upstream pkg/auth/nodeidentifier/default.go */
import type { UserInfo } from '../../user-info.ts';

const NODE_USER = 'system:node:';
const NODES_GROUP = 'system:nodes';

/** The Node's name, empty for a kubelet without one; undefined for everybody who is no kubelet. */
export function nodeIdentity({ username, groups }: UserInfo): string | undefined {
  return username.startsWith(NODE_USER) && groups.includes(NODES_GROUP) ? username.slice(NODE_USER.length) : undefined;
}
