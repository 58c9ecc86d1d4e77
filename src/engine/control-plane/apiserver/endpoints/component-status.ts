/**
 * ComponentStatuses: the server asks its neighbours how they are, each time somebody looks.
 * @upstream pkg/registry/core/componentstatus/rest.go
 */
import { type ComponentStatus, componentStatuses } from '#engine/api';
import { type KubeObject, statusErrors } from '#engine/apimachinery';
import { bodyText, type HttpResponse, httpRequest, NetError } from '#engine/http';
import type { ApiContext } from '../context.ts';
import { column, nameColumn } from '../registry/columns.ts';
import type { Column } from '../registry/strategy.ts';
import type { Server } from './endpoint.ts';
import { notAList } from './negotiate.ts';
import { methodNotAllowed, unknownResource } from './plain-error.ts';
import type { CatalogueResource } from './resource-facts.ts';
import { formOf, respond } from './respond.ts';
import { dialError } from './subresources/kubelet.ts';
import { includeObjectOf, partialOf, tableOf } from './table.ts';

const DEPRECATED = 'v1 ComponentStatus is deprecated in v1.19+';

export const componentStatusResource: CatalogueResource = {
  group: '',
  version: 'v1',
  plural: componentStatuses.plural,
  singular: componentStatuses.singular,
  kind: componentStatuses.kind,
  namespaced: false,
  verbs: ['get', 'list'],
  shortNames: ['cs'],
  categories: [],
  storageVersionHash: undefined,
  subresources: [],
};

/** Who is asked, and where; etcd is asked as storage. */
const COMPONENTS: readonly (readonly [name: string, authority: string | undefined])[] = [
  ['scheduler', '127.0.0.1:10259'],
  ['controller-manager', '127.0.0.1:10257'],
  ['etcd-0', undefined],
];

const of = (field: 'status' | 'message' | 'error') => (object: ComponentStatus) => {
  const condition = object.conditions?.find(({ type }) => type === 'Healthy');
  if (field !== 'status') return condition?.[field] ?? '';
  return condition?.status === 'True' ? 'Healthy' : condition?.status === 'False' ? 'Unhealthy' : 'Unknown';
};

const columns = [
  nameColumn,
  column<ComponentStatus>('Status', 'string', 'Status of the component conditions', of('status')),
  column<ComponentStatus>('Message', 'string', 'Message of the component conditions', of('message')),
  column<ComponentStatus>('Error', 'string', 'Error of the component conditions', of('error')),
] as unknown as readonly Column<KubeObject>[];

async function healthOf(
  server: Server,
  authority: string,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const url = `https://${authority}/healthz`;
  const refused = `Get ${JSON.stringify(url)}: dial tcp ${authority}: connect: connection refused`;
  if (!server.net) return { ok: false, message: refused };
  try {
    const response = await server.net.fetch(httpRequest('GET', url));
    return { ok: response.status === 200, message: await bodyText(response.body) };
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return { ok: false, message: `Get ${JSON.stringify(url)}: ${dialError(authority, error)}` };
  }
}

async function statusOf(server: Server, name: string, authority: string | undefined): Promise<ComponentStatus> {
  // Whoever reads this has been answered through etcd.
  const { ok, message } = authority === undefined ? { ok: true, message: 'ok' } : await healthOf(server, authority);
  const conditions = [{ type: 'Healthy', status: ok ? 'True' : 'False', message }];
  return {
    apiVersion: 'v1',
    kind: componentStatuses.kind,
    metadata: { name },
    conditions,
  } as unknown as ComponentStatus;
}

/** @fidelity full */
export async function componentStatus(server: Server, context: ApiContext): Promise<HttpResponse> {
  const { request, info } = context;
  if (info.parts.length > 2 || info.namespace) throw unknownResource();
  if (request.method !== 'GET' || info.verb === 'watch') throw methodNotAllowed();
  const [, name] = info.parts;
  const asked = COMPONENTS.filter(([own]) => name === undefined || own === name);
  if (asked.length === 0) throw statusErrors.notFound({ group: '', resource: componentStatuses.plural }, name ?? '');
  const objects = await Promise.all(asked.map(([own, authority]) => statusOf(server, own, authority)));
  context.warnings.push(DEPRECATED);
  return shown(server, context, objects, name !== undefined);
}

function shown(server: Server, context: ApiContext, objects: readonly ComponentStatus[], one: boolean): HttpResponse {
  const form = formOf(context);
  const version = form.version ?? 'v1';
  const [first] = objects;
  if (form.as === 'Table') {
    const include = includeObjectOf(context.request.query);
    const options = { version, include, now: server.world.clock.now(), withColumns: true };
    return respond(
      200,
      tableOf({ columns }, objects, {}, options, (object) => object),
      form,
    );
  }
  if (one && first) {
    if (form.as === 'PartialObjectMetadataList') throw notAList(form.as, false, 'core.ComponentStatus');
    return respond(200, form.as ? partialOf(first, version) : first, form);
  }
  if (form.as === 'PartialObjectMetadata') throw notAList(form.as, true, 'core.ComponentStatusList');
  const items = form.as
    ? objects.map((object) => partialOf(object, version))
    : objects.map(({ apiVersion: _, kind: __, ...rest }) => rest);
  const list = form.as
    ? { kind: form.as, apiVersion: `meta.k8s.io/${version}`, metadata: {}, items }
    : { kind: `${componentStatuses.kind}List`, apiVersion: 'v1', metadata: {}, items };
  return respond(200, list, form);
}
