/**
 * /healthz, /livez and /readyz: whole, verbose, single checks, exclusions.
 * @upstream staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go
 * @fidelity partial: every check that upstream lists is named; all of them hold once the server answers
 */
import type { HttpResponse } from '#engine/http';

const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
  'autoregister-completion',
  'apiservice-openapi-controller',
  'apiservice-openapiv3-controller',
].map((name) => (name === 'autoregister-completion' ? name : `poststarthook/${name}`));

const CHECKS: { readonly [endpoint: string]: readonly string[] } = {
  healthz: ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...HOOKS],
  livez: ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...HOOKS],
  readyz: ['ping', 'log', 'informer-sync', ...HOOKS, 'shutdown'],
};

export const healthPaths: readonly string[] = Object.entries(CHECKS).flatMap(([endpoint, checks]) => [
  `/${endpoint}`,
  ...checks.map((check) => `/${endpoint}/${check}`),
]);

const text = (body: string): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: { kind: 'text', text: body },
});

/** The answer of a health path; undefined when there is no such check. */
export function health(path: string, query: URLSearchParams): HttpResponse | undefined {
  const slash = path.indexOf('/', 1);
  const endpoint = slash < 0 ? path.slice(1) : path.slice(1, slash);
  const checks = Object.hasOwn(CHECKS, endpoint) ? (CHECKS[endpoint] as readonly string[]) : undefined;
  if (!checks) return undefined;
  if (slash >= 0) return checks.includes(path.slice(slash + 1)) ? text('ok') : undefined;
  if (!query.has('verbose')) return text('ok');
  const excluded = query.getAll('exclude');
  const unknown = excluded.filter((name) => !checks.includes(name)).sort();
  const lines = checks.map((check) => (excluded.includes(check) ? `[+]${check} excluded: ok` : `[+]${check} ok`));
  if (unknown.length > 0) {
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${unknown.map((name) => JSON.stringify(name)).join(',')}`,
    );
  }
  return text(`${lines.join('\n')}\n${endpoint} check passed\n`);
}
