/** The REST verbs of one resource. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers */
import { type DeleteOptions, type KubeObject, type Status, statusErrors } from '#engine/apimachinery';
import { bodyJson, type HttpResponse } from '#engine/http';
import type { ApiContext } from '../context.ts';
import type { Store } from '../registry/generic/store.ts';
import { readObject } from './body.ts';
import { attributesOf, namespaceOf, type Server, writeContext } from './endpoint.ts';
import { negotiate } from './negotiate.ts';
import { listOptionsOf, writeOptionsOf } from './options.ts';
import { listOf, respondJson, respondObject } from './respond.ts';
import { watchResource } from './watch.ts';

export async function getObject(_server: Server, context: ApiContext, store: Store): Promise<HttpResponse> {
  const { request, info } = context;
  const form = negotiate(request.headers['accept'], { transforms: true });
  return respondObject(200, store.get(info.namespace, info.name), store.resource, form);
}

export async function listObjects(server: Server, context: ApiContext, store: Store): Promise<HttpResponse> {
  const { request, info } = context;
  const options = listOptionsOf(request.query, info.verb === 'watch');
  if (options.watch) return watchResource(server, context, store, options);
  negotiate(request.headers['accept'], { transforms: true });
  const result = store.list({
    selection: { namespace: info.namespace, labels: options.labels, fields: options.fields },
    ...options,
  });
  return respondJson(200, listOf(store.resource, result));
}

export async function createObject(server: Server, context: ApiContext, store: Store): Promise<HttpResponse> {
  const { request, info } = context;
  const form = negotiate(request.headers['accept'], { transforms: true });
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { object, warnings } = await readObject(request, store.resource, options.fieldValidation);
  context.warnings.push(...warnings);
  ensureNamespace(object, info.namespace);
  const defaulted = store.strategy.defaults?.(object) ?? object;
  const { name } = defaulted.metadata;
  const attributes = attributesOf(context, store.resource, 'CREATE', {
    name,
    object: defaulted,
    oldObject: undefined,
    dryRun: options.dryRun,
  });
  const admitted = (await server.admission.admit(attributes)) ?? defaulted;
  const created = await store.create(admitted, writeContext(server, context, store, 'CREATE', options.dryRun));
  return respondObject(201, created, store.resource, form);
}

export async function updateObject(server: Server, context: ApiContext, store: Store): Promise<HttpResponse> {
  const { request, info } = context;
  const form = negotiate(request.headers['accept'], { transforms: true });
  const options = writeOptionsOf(request.query, 'UpdateOptions');
  const { object, warnings } = await readObject(request, store.resource, options.fieldValidation);
  context.warnings.push(...warnings);
  ensureNamespace(object, info.namespace);
  ensureName(object, info.name);
  const defaulted = store.strategy.defaults?.(object) ?? object;
  const subresource = info.subresource === 'status' ? store.strategy.status : undefined;
  const { object: written, created } = await store.update(
    {
      namespace: namespaceOf(context),
      name: info.name,
      next: async (current) => {
        const operation = current ? 'UPDATE' : 'CREATE';
        const attributes = attributesOf(context, store.resource, operation, {
          name: info.name,
          object: defaulted,
          oldObject: current,
          dryRun: options.dryRun,
        });
        return (await server.admission.admit(attributes)) ?? defaulted;
      },
      ...(subresource && { subresource }),
    },
    writeContext(server, context, store, 'UPDATE', options.dryRun),
  );
  return respondObject(created ? 201 : 200, written, store.resource, form);
}

export async function deleteObject(server: Server, context: ApiContext, store: Store): Promise<HttpResponse> {
  const { info } = context;
  const options = await deleteOptionsOf(context);
  const dryRun = (options.dryRun?.length ?? 0) > 0;
  const { object, gone } = await store.delete(
    info.namespace,
    info.name,
    options,
    writeContext(server, context, store, 'DELETE', dryRun),
  );
  const form = negotiate(context.request.headers['accept'], { transforms: true });
  if (!gone || store.returnsDeleted) return respondObject(200, object, store.resource, form);
  return respondJson(200, deletedStatus(store, object));
}

function deletedStatus(store: Store, { metadata }: KubeObject): Status {
  const { group, plural } = store.resource;
  const details = {
    name: metadata.name,
    ...(group && { group }),
    kind: plural,
    ...(metadata.uid && { uid: metadata.uid }),
  };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

async function deleteOptionsOf({ request }: ApiContext): Promise<DeleteOptions> {
  if (request.body) return (await bodyJson(request.body)) as DeleteOptions;
  return {};
}

/** The namespace of an object is the one of the path. */
export function ensureNamespace(object: KubeObject, namespace: string): void {
  const given = object.metadata.namespace;
  if (given && namespace && given !== namespace) {
    throw statusErrors.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
}

export function ensureName(object: KubeObject, name: string): void {
  const given = object.metadata.name;
  if (!given) throw statusErrors.badRequest(`name must be provided`);
  if (given !== name)
    throw statusErrors.badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}
