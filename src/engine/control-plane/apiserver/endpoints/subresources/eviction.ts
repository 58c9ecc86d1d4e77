/**
 * Eviction: a deletion that asks first. There are no PodDisruptionBudgets to ask yet.
 * @upstream pkg/registry/core/pod/storage/eviction.go
 * @fidelity partial: PodDisruptionBudgets do not exist yet
 */
import { type Pod, pods } from '#engine/api';
import { type DeleteOptions, type KubeObject, type Status, statusErrors } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import type { ApiContext } from '../../context.ts';
import type { WriteContext } from '../../registry/generic/store-types.ts';
import { readObject } from '../body.ts';
import { attributesOf, type Server, writeContext } from '../endpoint.ts';
import { writeOptionsOf } from '../options.ts';
import { respondJson } from '../respond.ts';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };
const CREATED: Status = Object.freeze({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });

export async function createEviction(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { object } = await readObject(server, request, EVICTION, options.fieldValidation);
  const eviction = object as KubeObject & { readonly deleteOptions?: DeleteOptions };
  if (eviction.metadata.name !== info.name)
    throw statusErrors.badRequest('name in URL does not match name in Eviction object');
  const store = server.stores.of(pods);
  const served = { resource: pods, view: undefined };
  store.get(info.namespace, info.name);
  const { deleteOptions = {} } = eviction;
  const dryRun = options.dryRun || (deleteOptions.dryRun?.length ?? 0) > 0;
  const attributes = attributesOf(context, pods, 'CREATE', { name: info.name, object, oldObject: undefined, dryRun });
  await server.admission.admit(attributes);
  await server.admission.validate(attributes);
  await store.delete(
    info.namespace,
    info.name,
    deleteOptions,
    writeContext(server, context, served, 'DELETE', dryRun) as WriteContext<Pod>,
  );
  return respondJson(201, CREATED);
}
