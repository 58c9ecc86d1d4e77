/** Watches. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go */

import { apiVersionOf, type Resource } from '#engine/api';
import { type KubeObject, type StatusError, statusErrors } from '#engine/apimachinery';
import { type HttpResponse, Pipe } from '#engine/http';
import type { ApiContext } from '../context.ts';
import type { Store } from '../registry/generic/store.ts';
import { parseResourceVersion } from '../storage/list.ts';
import type { Server } from './endpoint.ts';
import type { ListOptions } from './options.ts';

const MIN_REQUEST_TIMEOUT_SECONDS = 1800;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export async function watchResource(
  server: Server,
  context: ApiContext,
  store: Store,
  options: ListOptions,
): Promise<HttpResponse> {
  const { request, info } = context;
  const selection = { namespace: info.namespace, labels: options.labels, fields: options.fields };
  const from = parseResourceVersion(options.resourceVersion);
  const initial = options.sendInitialEvents ?? from === 0;
  const bookmark = (revision: number) => bookmarkOf(store.resource, revision);
  if (!initial && from > 0 && from < store.cache.oldest) {
    return streamOf(errorStream(statusErrors.expired(`too old resource version: ${from} (${store.cache.oldest})`)));
  }
  const listed = initial ? store.list({ selection }) : undefined;
  const after = listed ? Number(listed.resourceVersion) : from === 0 ? store.storage.revision : from;
  const { frames, stop } = store.cache.watch({
    selection,
    after,
    ...(listed && { initial: listed.items }),
    ...(options.sendInitialEvents &&
      options.allowWatchBookmarks && { initialEnd: bookmarkOf(store.resource, after, INITIAL_EVENTS_END) }),
    ...(options.allowWatchBookmarks && { bookmark }),
  });
  const { clock, rng } = server.world;
  const seconds =
    options.timeoutSeconds || MIN_REQUEST_TIMEOUT_SECONDS * (1 + rng.fork('apiserver.watch-timeout').next());
  const timer = clock.after(seconds * 1000, 'apiserver.watch-timeout', stop);
  frames.onBroken(() => timer.cancel());
  request.signal?.addEventListener(
    'abort',
    () => {
      timer.cancel();
      stop();
    },
    { once: true },
  );
  return streamOf(frames);
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

/** An empty object of the kind that carries nothing but a revision. */
function bookmarkOf(resource: Resource, revision: number, annotation?: string): unknown {
  const object: Partial<KubeObject> & { metadata: object } = {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(revision),
      ...(annotation && { annotations: { [annotation]: 'true' } }),
    } as KubeObject['metadata'],
  };
  return { type: 'BOOKMARK', object };
}
