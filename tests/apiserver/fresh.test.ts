/** What a freshly started server and its controllers hold is exactly what a real one holds. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseYaml } from '../../src/engine/apimachinery/yaml/index.ts';
import { Target } from '../conformance/target.ts';

const DIRECTORY = '../shared/oracle/fresh';
const present = existsSync(DIRECTORY);
if (!present) process.stderr.write(`notice: no recordings at ${DIRECTORY}; the fresh cluster is skipped\n`);

interface Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Every kind that the server itself makes objects of, and its path. */
const KINDS: readonly (readonly [string, string])[] = [
  ['clusterroles', '/apis/rbac.authorization.k8s.io/v1'],
  ['clusterrolebindings', '/apis/rbac.authorization.k8s.io/v1'],
  ['roles', '/apis/rbac.authorization.k8s.io/v1'],
  ['rolebindings', '/apis/rbac.authorization.k8s.io/v1'],
  ['flowschemas', '/apis/flowcontrol.apiserver.k8s.io/v1'],
  ['prioritylevelconfigurations', '/apis/flowcontrol.apiserver.k8s.io/v1'],
  ['priorityclasses', '/apis/scheduling.k8s.io/v1'],
  ['apiservices', '/apis/apiregistration.k8s.io/v1'],
  ['servicecidrs', '/apis/networking.k8s.io/v1'],
  ['ipaddresses', '/apis/networking.k8s.io/v1'],
];

/** The recorder's distribution adds a controller of its own; the recorded policy in api/rbac.json leaves it out. */
const OF_THE_DISTRIBUTION = new Set(['system:controller:service-ca-cert-publisher']);

/** What says when and as which number something was made. */
const OF_THE_RUN = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'lastTransitionTime']);

function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !OF_THE_RUN.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, lasting(inner)]));
}

const keyed = (items: readonly Item[]) =>
  Object.fromEntries(
    items.map((item) => [`${item.metadata.namespace ?? ''}/${item.metadata.name}`, lasting(item)] as const),
  );

test.runIf(present).each(KINDS)('%s', async (plural, path) => {
  const target = await Target.start([]);
  await target.loop.runUntil(target.loop.now() + 5000);
  const { body } = await target.play({ method: 'GET', path: `${path}/${plural}`, code: 200 });
  target.stop();
  const { value } = parseYaml(readFileSync(join(DIRECTORY, `${plural}.yaml`), 'utf8'));
  const { items } = value as { readonly items: readonly Item[] };
  const [first] = items;
  const { items: ours } = body as unknown as { readonly items: readonly Item[] };
  const whole = ours.map((item) => ({ ...item, apiVersion: first?.apiVersion ?? '', kind: first?.kind ?? '' }));
  expect(keyed(whole)).toEqual(keyed(items.filter(({ metadata }) => !OF_THE_DISTRIBUTION.has(metadata.name))));
});
