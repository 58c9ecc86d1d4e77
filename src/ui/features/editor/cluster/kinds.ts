/** Which resource a kind is served as. */
import type { Resource } from '#engine/api';

/** Groups as discovery tells them. */
export type Kinds = readonly { readonly name: string; readonly resources: readonly Resource[] }[];

/** The resource of `apps/v1` and `Deployment`, in the version that was asked for; the server has the last word on the version. */
export function resourceOf(kinds: Kinds, apiVersion: string, kind: string): Resource | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const resource = kinds.find(({ name }) => name === group)?.resources.find((one) => one.kind === kind);
  return resource && { ...resource, version: apiVersion.slice(slash + 1) };
}
