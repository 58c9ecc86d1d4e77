/** How the Node authorizer decides about one kind of object. */
import type { AuthorizationAttributes, AuthorizationDecision } from '../authorizer.ts';

/** Allowed for what the Node is. */
export const ALLOWED: AuthorizationDecision = Object.freeze({ allowed: true, by: 'node' });
/** A refusal. */
export const no = (reason: string): AuthorizationDecision => ({ allowed: false, by: 'node', reason });

/** What one kind of object is subject to. */
export type Rule = (node: string, attributes: AuthorizationAttributes) => AuthorizationDecision;
