/** kube-apiserver: authentication, authorization, admission, validation, storage and watches behind one Handler. */
export type {
  AuthorizationAttributes,
  AuthorizationDecision,
  Authorizer,
  SubjectRules,
} from './authorization/authorizer.ts';
export type { UserInfo } from './context.ts';
export type { Strategy } from './registry/strategy.ts';
export { type ApiServer, type ApiServerOptions, createApiServer, type StaticUser } from './server.ts';
