/** A handle on one resource of the API. `T` is what its objects are; one generic client serves them all. */
import type { KubeObject } from '#engine/apimachinery';

export interface Resource<T extends KubeObject = KubeObject> {
  /** '' for the core group */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never present: carries T for the compiler. */
  readonly _type?: T;
}

/** `v1` or `apps/v1`. */
export const apiVersionOf = (resource: Pick<Resource, 'group' | 'version'>): string =>
  resource.group ? `${resource.group}/${resource.version}` : resource.version;

/** `/api/v1/namespaces/default/pods/web/status`: the path of a collection, an object or a subresource. */
export function resourcePath(
  resource: Resource,
  where: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly subresource?: string | undefined;
  } = {},
): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const scope = resource.namespaced && where.namespace ? `/namespaces/${encodeURIComponent(where.namespace)}` : '';
  const name = where.name === undefined ? '' : `/${encodeURIComponent(where.name)}`;
  const sub = where.subresource ? `/${where.subresource}` : '';
  return `${root}${scope}/${resource.plural}${name}${sub}`;
}
