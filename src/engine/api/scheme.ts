/**
 * Which Go type stands behind a group, version and kind.
 * @upstream pkg/api/legacyscheme/scheme.go
 */
import type { StructSchema } from '#engine/apimachinery';
import type { Resource } from './resource.ts';
import { hasStruct, structSchema } from './schema-table.ts';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const extraPackages: { readonly [group: string]: string } = {
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
};
/** Groups from before the rule that a group is a domain. */
const plainGroups: ReadonlySet<string> = new Set(['apps', 'autoscaling', 'batch', 'policy']);
/** Registered in every group and version. */
const optionKinds: ReadonlySet<string> = new Set(['DeleteOptions', 'WatchEvent']);
const unversioned: ReadonlySet<string> = new Set([
  'Status',
  'APIVersions',
  'APIGroup',
  'APIGroupList',
  'APIResourceList',
]);

/** `io.k8s.api.apps.v1.Deployment`, or undefined when nothing is registered under that name. */
export function definitionOf({ group, version, kind }: GroupVersionKind): string | undefined {
  if (
    optionKinds.has(kind) ||
    (version === 'v1' && unversioned.has(kind) && (group === '' || group === 'meta.k8s.io'))
  ) {
    return `${meta}.${kind}`;
  }
  const goPackage = extraPackages[group] ?? `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}`;
  const definition = `${goPackage}.${version}.${kind}`;
  return hasStruct(definition) ? definition : undefined;
}

export function schemaForKind(gvk: GroupVersionKind): StructSchema | undefined {
  const definition = definitionOf(gvk);
  return definition === undefined ? undefined : structSchema(definition);
}

/** The schema of a resource's objects. Throws for a kind that is not of Kubernetes 1.36: that is our bug. */
export function schemaFor(resource: Resource): StructSchema {
  const schema = schemaForKind(resource);
  if (!schema) throw new Error(`no schema for ${resource.kind} in ${resource.group}/${resource.version}`);
  return schema;
}

/** The API group a Go package (without its version) serves: `io.k8s.api.rbac` is `rbac.authorization.k8s.io`. */
export function groupOfPackage(goPackage: string): string {
  for (const [group, name] of Object.entries(extraPackages)) if (name === goPackage) return group;
  const short = goPackage.slice(goPackage.lastIndexOf('.') + 1);
  if (goPackage.startsWith('io.k8s.apimachinery') || short === 'core') return '';
  if (short === 'rbac') return 'rbac.authorization.k8s.io';
  if (short === 'flowcontrol') return 'flowcontrol.apiserver.k8s.io';
  return plainGroups.has(short) ? short : `${short}.k8s.io`;
}
