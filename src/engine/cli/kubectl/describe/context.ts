/** What a describer may ask of the server beside the object itself. */
import type { CoreV1Event } from '#engine/api';
import { listAll } from '../resource/fetch.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { apiVersion } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { type JsonObject, text } from '../text/json.ts';

export interface DescribeContext {
  readonly session: Session;
  readonly showEvents: boolean;
  readonly chunkSize: number;
}

/** Objects of a resource in a namespace ('' for all). */
export async function list(
  context: DescribeContext,
  type: string,
  namespace: string,
  selection: { readonly labelSelector?: string; readonly fieldSelector?: string } = {},
): Promise<readonly JsonObject[]> {
  const mapper = await context.session.mapper();
  const { resource } = mapper.lookup(type);
  return (await listAll(context.session, resource, namespace, { ...selection, chunkSize: context.chunkSize })).items;
}

/** Events about an object; undefined when none are to be shown. */
export async function eventsAbout(
  context: DescribeContext,
  object: JsonObject,
  resource: ApiResource,
): Promise<readonly CoreV1Event[] | undefined> {
  if (!context.showEvents) return undefined;
  const fields = {
    'involvedObject.name': text(object, 'metadata', 'name'),
    'involvedObject.namespace': text(object, 'metadata', 'namespace'),
    'involvedObject.kind': resource.kind,
    'involvedObject.uid': text(object, 'metadata', 'uid'),
  };
  const fieldSelector = Object.entries(fields)
    .filter(([name, value]) => value !== '' && name !== 'involvedObject.kind')
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  void apiVersion;
  const found = await list(context, 'events', text(object, 'metadata', 'namespace'), { fieldSelector });
  return found as unknown as readonly CoreV1Event[];
}
