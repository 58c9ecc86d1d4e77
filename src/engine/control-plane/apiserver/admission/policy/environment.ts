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

/** The variables that an expression may name. */
function variableTypes({ hasParams, hasAuthorizer, composed }: Declared): { readonly [name: string]: CelType } {
  const { AUTHORIZER_TYPE, DYN, NAMESPACE_TYPE, objectType, REQUEST_TYPE, RESOURCE_CHECK_TYPE } = celLibrary();
  return {
    object: DYN,
    oldObject: DYN,
    namespaceObject: NAMESPACE_TYPE,
    request: REQUEST_TYPE,
    ...(hasParams && { params: DYN }),
    ...(hasAuthorizer && { authorizer: AUTHORIZER_TYPE, 'authorizer.requestResource': RESOURCE_CHECK_TYPE }),
    ...(composed && { variables: objectType('kubernetes.variables', Object.fromEntries(composed)) }),
  };
}

const NO_FIELDS: ReadonlyMap<string, ObjectField> = new Map();

/** `Object`, `Object.spec` and all below, with whatever fields; `JSONPatch`. @upstream staging/src/k8s.io/apiserver/pkg/cel/mutation/typeresolver.go */
function patchType(name: string): ObjectType | undefined {
  const { DYN, objectType, STRING } = celLibrary();
  if (name === 'JSONPatch') return objectType(name, { op: STRING, path: STRING, from: STRING, value: DYN });
  if (name === 'Object' || name.startsWith('Object.')) return { kind: 'object', name, fields: NO_FIELDS, open: true };
  return undefined;
}

/** What `variables` has of a variable. */
export function variableType(compiled: Compiled): CelType {
  const { composedType, DYN } = celLibrary();
  return 'error' in compiled ? DYN : composedType(compiled.program.type);
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
  if (compiled.kind !== 'result' && compiled.kind !== 'program')
    return { ...compiled, error: `compilation failed: ${compiled.error}` };
  return compiled;
}
