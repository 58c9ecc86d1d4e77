/** Creating an object. */
import { resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import type { JsonObject } from '../text/json.ts';
import type { Info } from './info.ts';

export async function postObject(
  session: Session,
  info: Info,
  query: { readonly [name: string]: string | undefined },
): Promise<JsonObject> {
  const path = resourceUrl(info.resource, info.namespace);
  return (await session.rest().json('POST', path, { body: info.object ?? {}, query })) as JsonObject;
}
