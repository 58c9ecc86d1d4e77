/**
 * The Common Expression Language as Kubernetes 1.36 has it: compile an expression against typed variables, evaluate it over plain JSON.
 * Errors are worded as cel-go words them.
 */
export { NAMESPACE_TYPE, objectType, REQUEST_TYPE } from './admission-types.ts';
export {
  type Ask,
  type AuthorizationAnswer,
  AuthorizationNeeded,
  type AuthorizationQuestion,
  authorizerValue,
  resourceCheckValue,
} from './authorizer.ts';
export {
  type CelProgram,
  type Compiled,
  type CompileEnvironment,
  type CompileFailure,
  compile,
  type EvaluateOptions,
  type Outcome,
  type Values,
} from './compile.ts';
export type { Cost } from './cost-estimate.ts';
export { AUTHORIZER_TYPE, QUANTITY_TYPE, RESOURCE_CHECK_TYPE } from './declarations.ts';
export { celValue, jsonOf } from './native.ts';
export {
  BOOL,
  BYTES,
  type CelType,
  composedType,
  DOUBLE,
  DURATION,
  DYN,
  declaredName,
  escapeField,
  formatType,
  INT,
  listType,
  mapType,
  NULL,
  type ObjectField,
  type ObjectType,
  optionalType,
  STRING,
  TIMESTAMP,
  UINT,
  unescapeField,
} from './types.ts';
export { CelError, isMap, ListValue, type MapValue, Optional, type Value } from './values.ts';
