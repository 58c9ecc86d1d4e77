/** An info as upstream prints it inside messages of apply. */
import type { Info } from '../resource/info.ts';
import { apiVersion } from '../rest/mapper.ts';

/** `Resource: "apps/v1, Resource=deployments", …` */
export function describeInfo(info: Info): string {
  const gv = info.resource.group ? apiVersion(info.resource) : `/${info.resource.version}`;
  return `Resource: "${gv}, Resource=${info.resource.name}", GroupVersionKind: "${gv}, Kind=${info.resource.kind}"\nName: ${JSON.stringify(info.name)}, Namespace: ${JSON.stringify(info.namespace)}`;
}
