/**
 * Whether a Service can answer for its group, and what it says it serves.
 * @upstream staging/src/k8s.io/kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go
 */
import { type APIService, apiServices, endpointSlices, type Service, schemaForKind, services } from '#engine/api';
import { type KubeObject, type StructSchema, semanticEqual, updateManagedFields } from '#engine/apimachinery';
import { bodyJson, bodyText, httpRequest } from '#engine/http';
import { formatTime, type World } from '#engine/sim';
import { SERVER } from '../bootstrap/seed.ts';
import type { Server } from '../endpoints/endpoint.ts';
import type { CatalogueResource } from '../endpoints/resource-facts.ts';
import type { Store } from '../registry/generic/store.ts';
import { AGGREGATOR, ask, authorityOf, UnreachableError } from './front-proxy.ts';
import { remoteResources } from './remote-resources.ts';

export interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** A verdict, and what the Service serves when it answered. */
export interface Finding {
  readonly verdict: Verdict;
  readonly resources?: readonly CatalogueResource[];
}

const PASSED: Verdict = { status: 'True', reason: 'Passed', message: 'all checks passed' };
const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });

/** What is wrong with the Service or its endpoints, as far as the cluster's own objects tell. */
function faultOf(server: Server, { spec }: APIService): Verdict | undefined {
  const { name = '', namespace = '', port = 443 } = spec?.service ?? {};
  const where = `service/${name} in ${JSON.stringify(namespace)}`;
  const service: Service | undefined = server.stores.of(services).find(namespace, name);
  if (!service) return no('ServiceNotFound', `${where} is not present`);
  if ((service.spec.type ?? 'ClusterIP') !== 'ClusterIP') return undefined;
  const found = service.spec.ports?.find((one) => one.port === port);
  if (!found) return no('ServicePortError', `${where} is not listening on port ${port}`);
  const slices = server.stores
    .of(endpointSlices)
    .storage.list(namespace)
    .filter(({ value }) => value.metadata.labels?.['kubernetes.io/service-name'] === name);
  if (slices.length === 0) return no('EndpointsNotFound', `cannot find endpointslices for ${where}`);
  const portName = found.name ?? '';
  const ready = slices.some(
    ({ value: { ports, endpoints } }) =>
      ports?.some((one) => (one.name ?? '') === portName) &&
      endpoints?.some(({ conditions }) => conditions?.ready !== false),
  );
  if (ready) return undefined;
  const which = `endpointslices for ${where} have no addresses with port name ${JSON.stringify(portName)}`;
  return no('MissingEndpoints', which);
}

/** Asks the Service for its discovery document. */
export async function examine(server: Server, service: APIService): Promise<Finding> {
  const verdict = faultOf(server, service);
  if (verdict) return { verdict };
  const { group = '', version = '' } = service.spec ?? {};
  const authority = authorityOf(server, service) ?? '';
  const url = `https://${authority}/apis/${group}/${version}`;
  const failed = (why: string): Finding => ({
    verdict: no('FailedDiscoveryCheck', `failing or missing response from ${url}: ${why}`),
  });
  try {
    const response = await ask(server, authority, httpRequest('GET', url), AGGREGATOR);
    if (response.status < 200 || response.status >= 300) {
      await bodyText(response.body);
      return failed(`bad status from ${url}: ${response.status}`);
    }
    return { verdict: PASSED, resources: remoteResources(group, version, await bodyJson(response.body)) };
  } catch (error) {
    // Not every answer is a document.
    if (error instanceof SyntaxError) return { verdict: PASSED, resources: [] };
    if (!(error instanceof UnreachableError)) throw error;
    return failed(`Get ${JSON.stringify(url)}: ${error.message}`);
  }
}

/** Writes the condition where it is another one. */
export async function setAvailable(
  world: World,
  store: Store<APIService>,
  name: string,
  verdict: Verdict,
): Promise<void> {
  const { status, reason, message } = verdict;
  const before = store.find(undefined, name);
  if (!before) return;
  const known = before.status?.conditions?.find(({ type }) => type === 'Available');
  if (known && semanticEqual([known.status, known.reason, known.message], [status, reason, message])) return;
  const now = formatTime(world.clock.now());
  const time = known?.status === status ? (known.lastTransitionTime ?? now) : now;
  const condition = { type: 'Available', status, lastTransitionTime: time, reason, message };
  const next = (current: APIService | undefined): APIService => {
    const live = current ?? before;
    const others = (live.status?.conditions ?? []).filter(({ type }) => type !== 'Available');
    const changed = { ...live, status: { ...live.status, conditions: [...others, condition] } };
    return updateManagedFields(live as KubeObject, changed, schemaForKind(apiServices) as StructSchema, {
      manager: 'kube-apiserver',
      apiVersion: 'apiregistration.k8s.io/v1',
      time: now,
      subresource: 'status',
    });
  };
  const { strategy } = store;
  await store.update(
    { namespace: undefined, name, next, ...(strategy.status && { subresource: strategy.status }) },
    { world, user: SERVER, namespace: undefined, dryRun: false, warn: () => undefined },
  );
}
