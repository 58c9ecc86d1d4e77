/**
 * Eviction: a deletion that asks the PodDisruptionBudget first.
 * @upstream pkg/registry/core/pod/storage/eviction.go
 */
import { type Pod, pods } from '#engine/api';
import { type DeleteOptions, type KubeObject, type Status, statusErrors } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import { formatTime } from '#engine/sim';
import type { ApiContext } from '../../context.ts';
import { UNSET_TIME } from '../../registry/core/unset-time.ts';
import type { WriteContext } from '../../registry/generic/store-types.ts';
import { withMember } from '../../registry/sharing.ts';
import { readObject } from '../body.ts';
import { attributesOf, type Server, writeContext } from '../endpoint.ts';
import { ensureNamespace } from '../names.ts';
import { writeOptionsOf } from '../options.ts';
import { respondJson } from '../respond.ts';
import { ownWrite, takeFromBudget } from './disruption-budget.ts';

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' };
const CREATED: Status = Object.freeze({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });

/** @fidelity full */
export async function createEviction(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { object } = await readObject(server, request, EVICTION, options.fieldValidation);
  ensureNamespace(object, info.namespace);
  const eviction = object as KubeObject & { readonly deleteOptions?: DeleteOptions };
  if (eviction.metadata.name !== info.name)
    throw statusErrors.badRequest('name in URL does not match name in Eviction object');
  const store = server.stores.of(pods);
  const served = { resource: pods, view: undefined };
  const pod = store.get(info.namespace, info.name);
  const { deleteOptions = {} } = eviction;
  const dryRun = options.dryRun || (deleteOptions.dryRun?.length ?? 0) > 0;
  const attributes = attributesOf(context, pods, 'CREATE', { name: info.name, object, oldObject: undefined, dryRun });
  await server.admission.admit(attributes);
  await server.admission.validate(attributes);
  await takeFromBudget(server, context, pod, dryRun);
  if (!dryRun) await markDisrupted(server, context, pod);
  await store.delete(
    info.namespace,
    info.name,
    deleteOptions,
    writeContext(server, context, served, 'DELETE', dryRun) as WriteContext<Pod>,
  );
  return respondJson(201, CREATED);
}

/** Says on the Pod why it goes. */
async function markDisrupted(server: Server, context: ApiContext, { metadata }: Pod): Promise<void> {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: UNSET_TIME,
    lastTransitionTime: formatTime(server.world.clock.now()),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const next = (pod: Pod | undefined): Pod => {
    if (!pod) throw statusErrors.notFound({ group: '', resource: pods.plural }, metadata.name);
    const others = (pod.status.conditions ?? []).filter(({ type }) => type !== condition.type);
    return withMember(pod, 'status', { ...pod.status, conditions: [...others, condition] });
  };
  await server.stores.of(pods).update(
    {
      namespace: metadata.namespace,
      name: metadata.name,
      next,
      subresource: { prepareForUpdate: (pod) => pod, validateUpdate: () => [] },
    },
    ownWrite(server, context, false),
  );
}
