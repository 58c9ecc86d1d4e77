/** metrics-server's OpenAPI: two kinds, described as Kubernetes' own are. */
import type { CustomResourceDefinition } from '#engine/api';
import type * as openApi from '#engine/api/openapi';
import { API_VERSION, GROUP } from './api.ts';

/** Brings the descriptions of Kubernetes' own types. */
export type LoadOpenApi = () => Promise<typeof openApi>;

type Schema = { readonly [name: string]: unknown };

const ROOT = `/openapi/v3/apis/${API_VERSION}`;
const V2 = '/openapi/v2';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const TIME = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time';

/** Go's package of the types, and the name the builder makes of the group. */
const [MADE, NAMED] = ['io.k8s.metrics.v1beta1.', 'io.k8s.metrics.pkg.apis.metrics.v1beta1.'];

function schemas(prefix: string): { readonly [kind: string]: Schema } {
  const ref = (name: string): Schema => ({ $ref: `${prefix}${name}` });
  const times = {
    timestamp: {
      description:
        'The following fields define time interval from which metrics were collected from the interval [Timestamp-Window, Timestamp].',
      ...ref(TIME),
    },
    window: { type: 'string' },
  };
  const usage = { description: 'The memory usage is the memory working set.', type: 'object' };
  const amounts = { ...usage, additionalProperties: ref(QUANTITY) };
  const container = {
    description: 'ContainerMetrics sets resource usage metrics of a container.',
    type: 'object',
    required: ['name', 'usage'],
    properties: {
      name: { description: 'Container name corresponding to the one from pod.spec.containers.', type: 'string' },
      usage: amounts,
    },
  };
  return {
    NodeMetrics: {
      description: 'NodeMetrics sets resource usage metrics of a node.',
      type: 'object',
      required: ['timestamp', 'window', 'usage'],
      properties: { ...times, usage: amounts },
    },
    PodMetrics: {
      description: 'PodMetrics sets resource usage metrics of a pod.',
      type: 'object',
      required: ['timestamp', 'window', 'containers'],
      properties: {
        ...times,
        containers: {
          description: 'Metrics for all containers are collected within the same time window.',
          type: 'array',
          items: container,
          'x-kubernetes-patch-merge-key': 'name',
          'x-kubernetes-patch-strategy': 'merge',
        },
      },
    },
  };
}

function resourcesFor(prefix: string): readonly openApi.OpenApiResource[] {
  const all = schemas(prefix);
  const of = (plural: string, kind: string, namespaced: boolean): openApi.OpenApiResource => ({
    group: GROUP,
    version: 'v1beta1',
    kind,
    plural,
    namespaced,
    verbs: ['get', 'list'],
    subresources: [],
    definition: {
      spec: { names: {}, versions: [{ name: 'v1beta1', schema: { openAPIV3Schema: all[kind] } }] },
      status: {},
    } as unknown as CustomResourceDefinition,
  });
  return [of('nodes', 'NodeMetrics', false), of('pods', 'PodMetrics', true)];
}

/** A document in the making. */
interface Draft {
  definitions?: Definitions;
  components?: { schemas: Definitions };
}

type Definitions = {
  [name: string]: { readonly properties: { readonly [name: string]: { items?: unknown } } } | undefined;
};

/** Under Go's names; what a container uses is a definition of its own. */
function finished(made: unknown, prefix: string): object {
  const document = JSON.parse(JSON.stringify(made).replaceAll(MADE, NAMED)) as Draft;
  const definitions = document.definitions ?? document.components?.schemas ?? {};
  const containers = definitions[`${NAMED}PodMetrics`]?.properties.containers;
  if (!containers) return document;
  definitions[`${NAMED}ContainerMetrics`] = containers.items as NonNullable<Definitions[string]>;
  containers.items = { $ref: `${prefix}${NAMED}ContainerMetrics` };
  return document;
}

/** The document at a path; undefined when there is none. */
export async function openApiDocument(path: string, load: LoadOpenApi): Promise<object | undefined> {
  if (path === '/openapi/v3') {
    return { paths: { [`apis/${API_VERSION}`]: { serverRelativeURL: `${ROOT}?hash=PODARIUM` } } };
  }
  if (path !== ROOT && path !== V2) return undefined;
  const { openApiV2, openApiV3Group } = await load();
  const prefix = path === V2 ? '#/definitions/' : '#/components/schemas/';
  const resources = resourcesFor(prefix);
  const made = path === V2 ? openApiV2(resources) : openApiV3Group({ group: GROUP, version: 'v1beta1' }, resources);
  return finished(made, prefix);
}
