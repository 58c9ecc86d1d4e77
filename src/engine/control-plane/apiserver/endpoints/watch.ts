/** Watches. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go */

import { apiVersionOf, type Resource, schemaForKind } from '#engine/api';
import { decodeObject, type KubeObject, type StatusError, statusErrors } from '#engine/apimachinery';
import { type HttpResponse, Pipe } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { parseResourceVersion } from '../storage/list.ts';
import type { FrameOf } from '../storage/watch-cache.ts';
import type { Served, Server } from './endpoint.ts';
import { type Negotiated, negotiate } from './negotiate.ts';
import type { ListOptions } from './options.ts';
import { selectionOf } from './selection.ts';
import { includeObjectOf, partialOf, tableOf } from './table.ts';

const MIN_REQUEST_TIMEOUT_SECONDS = 1800;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export async function watchResource(
  server: Server,
  context: ApiContext,
  served: Served,
  options: ListOptions,
): Promise<HttpResponse> {
  const { request } = context;
  const form = negotiate(request.headers.accept, { transforms: true, watch: true });
  const { store } = served;
  const selection = selectionOf(context, served, options);
  const from = parseResourceVersion(options.resourceVersion);
  const initial = options.sendInitialEvents ?? from === 0;
  if (!initial && from > 0 && from < store.cache.oldest) {
    return streamOf(errorStream(statusErrors.expired(`too old resource version: ${from} (${store.cache.oldest})`)));
  }
  const listed = initial ? await store.reading(() => store.list({ selection })) : undefined;
  const after = listed ? Number(listed.resourceVersion) : from === 0 ? store.storage.revision : from;
  const frame = framesOf(server, context, served, form);
  const bookmark = bookmarksOf(served, form);
  const { frames, stop } = store.cache.watch({
    selection,
    after,
    ...(frame && { frame }),
    ...(listed && { initial: listed.items }),
    ...(options.sendInitialEvents &&
      options.allowWatchBookmarks && { initialEnd: bookmark(after, INITIAL_EVENTS_END) }),
    ...(options.allowWatchBookmarks && { bookmark }),
  });
  endOf(server, request.signal, frames, stop, options.timeoutSeconds);
  return streamOf(frames);
}

/** A watch ends by itself after half an hour to an hour, or when the client says so. */
function endOf(
  server: Server,
  signal: AbortSignal | undefined,
  frames: Pipe<unknown>,
  stop: () => void,
  timeoutSeconds: number | undefined,
): void {
  const { clock } = server.world;
  const seconds = timeoutSeconds || MIN_REQUEST_TIMEOUT_SECONDS * (1 + server.timeouts.next());
  const settle = () => {
    timer.cancel();
    // A client's signal outlives the watches it opens one after the other.
    signal?.removeEventListener('abort', end);
  };
  const end = () => {
    settle();
    stop();
  };
  const timer = clock.after(seconds * 1000, 'apiserver.watch-timeout', end);
  frames.onBroken(settle);
  if (signal?.aborted) end();
  else signal?.addEventListener('abort', end, { once: true });
}

/** How this client sees events; undefined when it sees the plain ones. */
function framesOf(
  server: Server,
  { request }: ApiContext,
  served: Served,
  form: Negotiated,
): FrameOf<KubeObject> | undefined {
  if (form.as === undefined) return served.view && ((type, object) => ({ type, object: served.show(object) }));
  const version = form.version ?? 'v1';
  if (form.as !== 'Table') return (type, object) => ({ type, object: partialOf(object, version) });
  const include = includeObjectOf(request.query);
  let withColumns = true;
  return (type, object) => {
    const options = { version, include, now: server.world.clock.now(), withColumns };
    withColumns = false;
    const metadata =
      object.metadata.resourceVersion === undefined ? {} : { resourceVersion: object.metadata.resourceVersion };
    return { type, object: tableOf(served.store.strategy, [object], metadata, options, served.show) };
  };
}

function errorStream(error: StatusError): Pipe<unknown> {
  const pipe = new Pipe<unknown>();
  pipe.push({ type: 'ERROR', object: error.status });
  pipe.close();
  return pipe;
}

const streamOf = (frames: Pipe<unknown>): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: { kind: 'stream', framing: 'json', frames },
});

/** Bookmarks: an empty object of the kind that carries nothing but a revision. */
function bookmarksOf({ resource }: Served, form: Negotiated): (revision: number, annotation?: string) => unknown {
  const version = form.version ?? 'v1';
  return (revision, annotation) => {
    const metadata = {
      resourceVersion: String(revision),
      ...(annotation && { annotations: { [annotation]: 'true' } }),
    };
    const bare = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } as unknown as KubeObject;
    if (form.as === undefined) return { type: 'BOOKMARK', object: emptyObject(resource, bare) };
    const partial = partialOf(bare, version);
    if (form.as !== 'Table') return { type: 'BOOKMARK', object: partial };
    const rows = [{ cells: [], object: partial }];
    const table = { kind: 'Table', apiVersion: `meta.k8s.io/${version}`, metadata, columnDefinitions: null, rows };
    return { type: 'BOOKMARK', object: table };
  };
}

function emptyObject(resource: Resource, bare: KubeObject): unknown {
  const schema = schemaForKind(resource);
  return schema ? decodeObject(bare, schema).object : bare;
}
