/** The thing an autoscaler scales, through its scale subresource. @upstream staging/src/k8s.io/client-go/scale */
import { resourceForKind, resourcePath, type V2CrossVersionObjectReference } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { type Client, requestJson } from '#engine/client-go';

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
}

export interface ScaleTarget {
  readonly path: string;
  readonly scale: Scale;
}

/** Rejects with what the server said; for a kind nobody knows, with upstream's words. */
export async function readScale(
  client: Client,
  namespace: string,
  { apiVersion = '', kind, name }: V2CrossVersionObjectReference,
): Promise<ScaleTarget> {
  const resource = resourceForKind(apiVersion, kind);
  if (!resource) {
    const [, group = ''] = apiVersion.split('/').reverse();
    throw new Error(
      `unable to determine resource for scale target reference: no matches for kind "${kind}" in group "${group}"`,
    );
  }
  const path = resourcePath(resource, { namespace, name, subresource: 'scale' });
  return { path, scale: (await requestJson(client, 'GET', path)) as Scale };
}

export const writeScale = (client: Client, { path, scale }: ScaleTarget, replicas: number): Promise<unknown> =>
  requestJson(client, 'PUT', path, { ...scale, spec: { ...scale.spec, replicas } });
