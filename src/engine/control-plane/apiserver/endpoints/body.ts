/** Request bodies as objects of a kind. */

import { apiVersionOf, type Resource } from '#engine/api';
import { type KubeObject, statusErrors } from '#engine/apimachinery';
import { bodyJson, type HttpRequest } from '#engine/http';

export interface DecodedBody {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

export async function readObject(
  request: HttpRequest,
  resource: Resource,
  _mode: 'Ignore' | 'Warn' | 'Strict',
): Promise<DecodedBody> {
  let value: unknown;
  try {
    value = await bodyJson(request.body);
  } catch (error) {
    throw statusErrors.badRequest(String(error));
  }
  const object = value as Partial<KubeObject>;
  return {
    object: {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: object.metadata ?? { name: '' },
    },
    warnings: [],
  };
}
