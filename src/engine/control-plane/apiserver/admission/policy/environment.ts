/**
 * What expressions of admission know: `object`, `request`, `namespaceObject` and the others.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/cel/compile.go, condition.go
 */
import type { CelType, Compiled, ObjectField, ObjectType } from '#engine/cel';
import { celLibrary } from '../../cel-library.ts';

export interface Declared {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** Types of composed variables. */
  readonly composed?: ReadonlyMap<string, CelType>;
  /** Object{} and JSONPatch{} can be made. */
  readonly hasPatchTypes?: boolean;
}

type Shape = { readonly [field: string]: CelType };

const objectType = (name: string, shape: Shape): ObjectType => ({
  kind: 'object',
  name,
  fields: new Map(Object.entries(shape).map(([field, type]): [string, ObjectField] => [field, { type }])),
});

interface AdmissionTypes {
  readonly request: CelType;
  readonly namespace: CelType;
}

let types: AdmissionTypes | undefined;

function admissionTypes(): AdmissionTypes {
  types ??= { request: requestType(), namespace: namespaceType() };
  return types;
}

function requestType(): CelType {
  const { BOOL, DYN, STRING, listType, mapType } = celLibrary();
  const kind = objectType('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
  const resource = objectType('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING });
  const user = objectType('kubernetes.UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listType(STRING),
    extra: mapType(STRING, listType(STRING)),
  });
  return objectType('kubernetes.AdmissionRequest', {
    kind,
    resource,
    subResource: STRING,
    requestKind: kind,
    requestResource: resource,
    requestSubResource: STRING,
    name: STRING,
    namespace: STRING,
    operation: STRING,
    userInfo: user,
    dryRun: BOOL,
    options: DYN,
  });
}

function namespaceType(): CelType {
  const { INT, STRING, TIMESTAMP, listType, mapType } = celLibrary();
  return objectType('kubernetes.Namespace', {
    metadata: objectType('kubernetes.NamespaceMetadata', {
      name: STRING,
      generateName: STRING,
      namespace: STRING,
      labels: mapType(STRING, STRING),
      annotations: mapType(STRING, STRING),
      UID: STRING,
      creationTimestamp: TIMESTAMP,
      deletionGracePeriodSeconds: INT,
      deletionTimestamp: TIMESTAMP,
      generation: INT,
      resourceVersion: STRING,
      finalizers: listType(STRING),
    }),
    spec: objectType('kubernetes.NamespaceSpec', { finalizers: listType(STRING) }),
    status: objectType('kubernetes.NamespaceStatus', { phase: STRING }),
  });
}

/** The variables that an expression may name. */
function variableTypes({ hasParams, hasAuthorizer, composed }: Declared): { readonly [name: string]: CelType } {
  const { AUTHORIZER_TYPE, DYN, RESOURCE_CHECK_TYPE } = celLibrary();
  const { request, namespace } = admissionTypes();
  return {
    object: DYN,
    oldObject: DYN,
    namespaceObject: namespace,
    request,
    ...(hasParams && { params: DYN }),
    ...(hasAuthorizer && { authorizer: AUTHORIZER_TYPE, 'authorizer.requestResource': RESOURCE_CHECK_TYPE }),
    ...(composed && { variables: objectType('kubernetes.variables', Object.fromEntries(composed)) }),
  };
}

const NO_FIELDS: ReadonlyMap<string, ObjectField> = new Map();

/** `Object`, `Object.spec` and all below, with whatever fields; `JSONPatch`. @upstream staging/src/k8s.io/apiserver/pkg/cel/mutation/typeresolver.go */
function patchType(name: string): ObjectType | undefined {
  const { DYN, STRING } = celLibrary();
  if (name === 'JSONPatch') return objectType(name, { op: STRING, path: STRING, from: STRING, value: DYN });
  if (name === 'Object' || name.startsWith('Object.')) return { kind: 'object', name, fields: NO_FIELDS, open: true };
  return undefined;
}

/** What an expression is for says which types it may have. */
export type Wanted = 'bool' | 'string' | 'string or null' | 'any' | 'Object' | 'list(JSONPatch)';

function resultTypes(wanted: Wanted): readonly CelType[] | undefined {
  const { BOOL, NULL, STRING, listType } = celLibrary();
  switch (wanted) {
    case 'bool':
      return [BOOL];
    case 'string':
      return [STRING];
    case 'string or null':
      return [STRING, NULL];
    case 'Object':
      return [patchType('Object') as ObjectType];
    case 'list(JSONPatch)':
      return [listType(patchType('JSONPatch') as ObjectType)];
    default:
      return undefined;
  }
}

/** Compiles; the error, when there is one, is as validation prints it. */
export function compileFor(source: string, declared: Declared, wanted: Wanted): Compiled {
  const result = resultTypes(wanted);
  const compiled = celLibrary().compile(source, {
    variables: variableTypes(declared),
    ...(declared.hasPatchTypes && { types: patchType }),
    ...(result && { result }),
  });
  if (!('error' in compiled)) return compiled;
  if (compiled.kind !== 'result') return { ...compiled, error: `compilation failed: ${compiled.error}` };
  return compiled;
}
