/** kube-apiserver: authentication, authorization, admission, validation, storage and watches behind one Handler. */
export type {
  AuthorizationAttributes,
  AuthorizationDecision,
  Authorizer,
  SubjectRules,
} from './authorization/authorizer.ts';
export { ruleAllows } from './authorization/rbac/evaluation.ts';
export { appliesTo } from './authorization/rbac/rule-resolver.ts';
export type { UserInfo } from './context.ts';
export type { StaticUser } from './filters/authentication.ts';
export type { ApiServerAssets, ApiServerOptions } from './options.ts';
export type { Strategy } from './registry/strategy.ts';
export { requestInfoOf } from './request-info.ts';
export { prefixOf } from './storage/prefix.ts';
export type { RequestTrace } from './traces.ts';
export type { AuthenticatorName, Walk, WalkFlow, WalkStage, WalkStep } from './walk.ts';
