/**
 * Binding: the scheduler's last word. The Pod gets its Node, and the condition PodScheduled.
 * @upstream pkg/registry/core/pod/storage/storage.go
 * @fidelity full
 */
import { type Pod, pods } from '#engine/api';
import { type FieldError, fieldErrors, type KubeObject, type Status, statusErrors } from '#engine/apimachinery';
import type { HttpResponse } from '#engine/http';
import { formatTime } from '#engine/sim';
import { topologyLabelsOf } from '../../admission/tolerations.ts';
import type { ApiContext } from '../../context.ts';
import { readObject } from '../body.ts';
import { attributesOf, type Server } from '../endpoint.ts';
import { writeOptionsOf } from '../options.ts';
import { plainError } from '../plain-error.ts';
import { respondJson } from '../respond.ts';

interface Binding extends KubeObject {
  readonly target?: { readonly kind?: string; readonly name?: string };
}

const BINDING = { group: '', version: 'v1', kind: 'Binding' };
const CREATED: Status = Object.freeze({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
const ABOUT = { group: '', resource: 'pods/binding' };

export async function createBinding(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const { object } = await readObject(request, BINDING, options.fieldValidation);
  const binding = object as Binding;
  const name = info.resource === 'bindings' ? binding.metadata.name : info.name;
  if (binding.metadata.name !== name)
    throw statusErrors.badRequest('name in URL does not match name in Binding object');
  const attributes = attributesOf(context, pods, 'CREATE', {
    name,
    object,
    oldObject: undefined,
    dryRun: options.dryRun,
  });
  await server.admission.admit(attributes);
  const faults = validateBinding(binding);
  if (faults.length > 0) throw plainError(aggregate(faults));
  await server.admission.validate(attributes);
  assign(server, info.namespace, name, binding, options.dryRun);
  return respondJson(201, CREATED);
}

function validateBinding({ target }: Binding): readonly FieldError[] {
  const errors: FieldError[] = [];
  const kind = target?.kind ?? '';
  if (kind !== '' && kind !== 'Node') errors.push(fieldErrors.notSupported('target.kind', kind, ['Node', '<empty>']));
  if (!target?.name) errors.push(fieldErrors.required('target.name'));
  return errors;
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
  const refusal = refuse(pod, binding);
  if (refusal) throw statusErrors.conflict(ABOUT, name, refusal);
  if (dryRun) return;
  const node = binding.target?.name as string;
  const bound = bind(pod, node, binding, topologyLabelsOf(server.stores, node), formatTime(server.world.clock.now()));
  // Nothing ran between the read and this write.
  storage.replace(current, bound);
}

function refuse(pod: Pod, { metadata }: Binding): string | undefined {
  const { name, uid, resourceVersion, deletionTimestamp } = pod.metadata;
  if (metadata.uid && metadata.uid !== uid)
    return `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`;
  if (metadata.resourceVersion && metadata.resourceVersion !== resourceVersion) {
    return `Precondition failed: ResourceVersion in precondition: ${metadata.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`;
  }
  if (deletionTimestamp !== undefined) return `pod ${name} is being deleted, cannot be assigned to a host`;
  if (pod.spec?.nodeName) return `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`;
  if ((pod.spec?.schedulingGates?.length ?? 0) > 0) return `pod ${name} has non-empty .spec.schedulingGates`;
  return undefined;
}

/** Pure: the Pod on its Node. */
function bind(
  pod: Pod,
  nodeName: string,
  binding: Binding,
  topology: { readonly [key: string]: string },
  now: string,
): Pod {
  const labels = { ...topology, ...binding.metadata.labels };
  const { annotations } = binding.metadata;
  const { nominatedNodeName: _, ...status } = pod.status ?? {};
  const { generation } = pod.metadata;
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: now,
    ...(generation !== undefined && generation > 0 && { observedGeneration: generation }),
  };
  const others = (status.conditions ?? []).filter((condition) => condition.type !== scheduled.type);
  const before = status.conditions?.find((condition) => condition.type === scheduled.type);
  const condition =
    before?.status === 'True' && before.lastTransitionTime
      ? { ...scheduled, lastTransitionTime: before.lastTransitionTime }
      : scheduled;
  const at = status.conditions?.findIndex(({ type }) => type === scheduled.type) ?? -1;
  const conditions =
    at < 0 ? [...others, condition] : (status.conditions ?? []).map((one, i) => (i === at ? condition : one));
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(Object.keys(labels).length > 0 && { labels: { ...pod.metadata.labels, ...labels } }),
      ...(annotations && { annotations: { ...pod.metadata.annotations, ...annotations } }),
    },
    spec: { ...(pod.spec as NonNullable<Pod['spec']>), nodeName },
    status: { ...status, conditions },
  };
}
