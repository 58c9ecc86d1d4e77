/** Reading objects and lists from the server. */
import { CommandError } from '../errors.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import { type Info, infoUrl } from './info.ts';

export interface ListSelection {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** 0 asks for everything at once. */
  readonly chunkSize: number;
  readonly accept?: string;
  readonly includeObject?: boolean;
}

export interface ObjectList {
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
}

/** The object itself, in an info. */
export async function fetchObject(session: Session, info: Info, subresource = ''): Promise<Info> {
  if (info.name === '') throw new CommandError('resource name may not be empty');
  const object = await session.rest().json('GET', infoUrl(info, subresource));
  return { ...info, object: object as JsonObject };
}

/** All pages of a list, each page as it came. */
export async function* pages(
  session: Session,
  resource: ApiResource,
  namespace: string,
  selection: ListSelection,
): AsyncGenerator<JsonObject> {
  let next: string | undefined;
  do {
    const page: Json = await session.rest().json('GET', resourceUrl(resource, namespace), {
      ...(selection.accept && { accept: selection.accept }),
      query: {
        labelSelector: selection.labelSelector,
        fieldSelector: selection.fieldSelector,
        limit: selection.chunkSize > 0 ? selection.chunkSize : undefined,
        continue: next,
        includeObject: selection.includeObject ? 'Object' : undefined,
      },
    });
    yield page as JsonObject;
    next = text(page, 'metadata', 'continue') || undefined;
  } while (next !== undefined);
}

/** Items of a list carry their kind, which the wire leaves to the list. */
export async function listAll(
  session: Session,
  resource: ApiResource,
  namespace: string,
  selection: ListSelection,
): Promise<ObjectList> {
  const items: JsonObject[] = [];
  let resourceVersion = '';
  for await (const page of pages(session, resource, namespace, selection)) {
    resourceVersion = text(page, 'metadata', 'resourceVersion');
    items.push(...itemsOf(page));
  }
  return { items, resourceVersion };
}

export function itemsOf(list: Json): readonly JsonObject[] {
  const items = at(list, 'items');
  if (!isArray(items)) return [];
  const apiVersion = text(list, 'apiVersion');
  const kind = text(list, 'kind').replace(/List$/, '');
  return items.filter(isObject).map((item) => (item.kind === undefined ? { apiVersion, kind, ...item } : item));
}
