/**
 * Binding: the scheduler's last word. The Pod gets its Node, and the condition PodScheduled.
 * @upstream pkg/registry/core/pod/storage/storage.go
 * @fidelity full
 */
import { type Binding, type Pod, pods, schemaFor } from '#engine/api';
import { decodeObject, type FieldError, type Status, statusErrors } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import { formatTime } from '#engine/sim';
import { topologyLabelsOf } from '../../admission/tolerations.ts';
import type { ApiContext } from '../../context.ts';
import { bindingConflict, bindPod, validatePodBinding } from '../../registry/core/pod-binding.ts';
import { readObject } from '../body.ts';
import { attributesOf, type Server } from '../endpoint.ts';
import { ensureNamespace } from '../names.ts';
import { writeOptionsOf } from '../options.ts';
import { plainError } from '../plain-error.ts';
import { respondJson } from '../respond.ts';

const BINDING = { group: '', version: 'v1', kind: 'Binding' };
const CREATED: Status = Object.freeze({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  code: 201,
});
const ABOUT = { group: '', resource: 'pods/binding' };

export async function createBinding(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { object } = await readObject(server, request, BINDING, options.fieldValidation);
  ensureNamespace(object, info.namespace);
  const given = object.metadata.name;
  const name = info.resource === 'bindings' ? given : info.name;
  if (given !== name) throw statusErrors.badRequest('name in URL does not match name in Binding object');
  const { dryRun } = options;
  // A Binding that is posted to the collection of Bindings is no Pod either.
  const asked = attributesOf(context, pods, 'CREATE', { name, object, oldObject: undefined, dryRun });
  const attributes = { ...asked, subresource: 'binding' };
  await server.admission.admit(attributes);
  const binding = object as unknown as Binding;
  const faults = validatePodBinding(binding);
  if (faults.length > 0) throw plainError(aggregate(faults));
  await server.admission.validate(attributes);
  assign(server, info.namespace, name, binding, dryRun);
  return respondJson(201, CREATED);
}

function aggregate(errors: readonly FieldError[]): string {
  const texts = errors.map(({ field, body }) => `${field}: ${body}`);
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

function assign(server: Server, namespace: string, name: string, binding: Binding, dryRun: boolean): void {
  const { storage } = server.stores.of(pods);
  const current = storage.get(storage.key(namespace, name));
  if (!current) throw statusErrors.notFound({ group: '', resource: 'pods' }, name);
  const pod = current.value;
  const refusal = preconditionFault(pod, binding) ?? bindingConflict(pod);
  if (refusal) throw statusErrors.conflict(ABOUT, name, refusal);
  if (dryRun) return;
  const labels = { ...topologyLabelsOf(server.stores, binding.target.name ?? ''), ...binding.metadata?.labels };
  const labelled: Binding =
    Object.keys(labels).length > 0 ? { ...binding, metadata: { ...binding.metadata, name, labels } } : binding;
  const bound = bindPod(pod, labelled, formatTime(server.world.clock.now()));
  // Nothing ran between the read and this write.
  storage.replace(current, decodeObject(bound, schemaFor(pods)).object as unknown as Pod);
}

function preconditionFault({ metadata: { uid, resourceVersion } }: Pod, { metadata }: Binding): string | undefined {
  if (metadata?.uid && metadata.uid !== uid) {
    return `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`;
  }
  if (!metadata?.resourceVersion || metadata.resourceVersion === resourceVersion) return undefined;
  return `Precondition failed: ResourceVersion in precondition: ${metadata.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`;
}
