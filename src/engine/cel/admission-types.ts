/** Types of what expressions of admission know. @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/cel/compile.go */
import {
  BOOL,
  type CelType,
  DYN,
  INT,
  listType,
  mapType,
  type ObjectField,
  type ObjectType,
  STRING,
  TIMESTAMP,
} from './types.ts';

/** An object with these fields. */
export const objectType = (name: string, shape: { readonly [field: string]: CelType }): ObjectType => ({
  kind: 'object',
  name,
  fields: new Map(Object.entries(shape).map(([field, type]): [string, ObjectField] => [field, { type }])),
});

const GROUP_VERSION_KIND = objectType('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const GROUP_VERSION_RESOURCE = objectType('kubernetes.GroupVersionResource', {
  group: STRING,
  version: STRING,
  resource: STRING,
});

/** The variable `request`. */
export const REQUEST_TYPE: CelType = objectType('kubernetes.AdmissionRequest', {
  kind: GROUP_VERSION_KIND,
  resource: GROUP_VERSION_RESOURCE,
  subResource: STRING,
  requestKind: GROUP_VERSION_KIND,
  requestResource: GROUP_VERSION_RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: objectType('kubernetes.UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listType(STRING),
    extra: mapType(STRING, listType(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
});

/** The variable `namespaceObject`. */
export const NAMESPACE_TYPE: CelType = objectType('kubernetes.Namespace', {
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
