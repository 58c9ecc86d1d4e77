/** Requests to paths that are no resource: discovery, subresources without a method of their own. */
import { bodyJson } from '#engine/http';
import type { Client } from './client.ts';

/** The JSON value of the answer. Rejects as `client.request` does. */
export async function requestJson(
  client: Client,
  method: string,
  path: string,
  body?: unknown,
  headers?: { readonly [name: string]: string },
): Promise<unknown> {
  const response = await client.request(method, path, {
    ...(body !== undefined && { body }),
    ...(headers && { headers }),
  });
  return bodyJson(response.body);
}
