import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab } from '../../../../tests/cluster/lab.ts';
import { discover } from '../../cluster/discovery.ts';
import { applyAll, deleteAll, diffAll } from './cluster/apply.ts';
import type { Kinds } from './cluster/kinds.ts';
import { fetchOpenApi, manifestSchema } from './cluster/openapi-schema.ts';
import { serverDiagnostics } from './diagnostics.ts';
import { GROUPS, readExample, searchExamples } from './examples/library.ts';
import { askCluster } from './links/ask-cluster.ts';
import { linkProblems } from './links/problems.ts';
import { type ManifestObject, parseManifests } from './manifest/manifests.ts';

const directory = new URL('./examples/', import.meta.url);
const examples = readdirSync(directory)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readExample(name, readFileSync(new URL(name, directory), 'utf8')));

let kinds: Kinds;
let lab: Lab;
beforeAll(async () => {
  lab = await Lab.boot({ nodes: 2 });
  kinds = await lab.settled(discover(lab.client));
}, 60_000);
afterAll(() => lab.stop());

const apply = (text: string, options = {}) =>
  lab.settled(applyAll(lab.client, kinds, parseManifests(text).manifests, options));

test('the library has an example of every pattern, described in both languages', () => {
  expect(examples.length).toBeGreaterThanOrEqual(45);
  for (const { description, text } of examples) {
    expect(description.en).toMatch(/[.?]$/);
    expect(description.zh).toMatch(/[。？]$/);
    expect(text).toMatch(/^apiVersion:/);
  }
  expect(new Set(examples.map(({ file }) => file)).size).toBe(examples.length);
  expect(new Set(examples.map(({ group }) => group))).toEqual(new Set(GROUPS));
});

test('examples are found by what they are made of, and by what they say', () => {
  const found = (text: string, locale: 'en' | 'zh' = 'en') =>
    searchExamples(examples, text, locale).map(({ file }) => file);
  expect(found('networkpolicy')).toContain('network-policy.yaml');
  expect(found('stays drained')).toEqual([]);
  expect(found('drained two')).toContain('pod-disruption-budget.yaml');
  expect(found('边车', 'zh')).toEqual(['sidecar.yaml']);
});

const isServed = ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
  kinds.some(({ resources }) => resources.some((one) => one.kind === kind && gvOf(one) === apiVersion));
const gvOf = ({ group, version }: { group: string; version: string }) => (group ? `${group}/${version}` : version);

describe.each(examples)('$file', ({ text, state }) => {
  test('is accepted, without a warning and without a loose link, and gets ready', async () => {
    const { manifests } = parseManifests(text);
    if (state === 'ready')
      expect(linkProblems(manifests, [], await lab.settled(askCluster(lab.client, manifests)))).toEqual([]);
    const outcomes = await apply(text);
    // A kind that this cluster does not serve (yet) is refused in so many words; the library says so beside the example.
    const expected = manifests.map(({ object }) => (isServed(object) ? ['created', []] : ['refused', []]));
    expect(outcomes.map(({ verdict, warnings }) => [verdict, warnings])).toEqual(expected);
    for (const { manifest, verdict, causes } of outcomes) {
      if (verdict === 'refused') expect(causes[0]?.message).toContain(`no matches for kind "${manifest.object.kind}"`);
      else if (state === 'ready' && expected.every(([each]) => each === 'created')) await untilReady(manifest.object);
    }
    const served = expected.map(([verdict]) => verdict === 'created');
    const again = (await apply(text)).map(({ verdict }) => verdict);
    expect(again).toEqual(served.map((here) => (here ? 'unchanged' : 'refused')));
    const gone = await lab.settled(deleteAll(lab.client, kinds, manifests));
    expect(gone.map(({ verdict }) => verdict)).toEqual(served.map((here) => (here ? 'deleted' : 'refused')));
  });
});

async function untilReady({ kind, metadata }: ManifestObject): Promise<void> {
  const where = `-n ${metadata.namespace ?? 'default'} --timeout=300s`;
  if (kind === 'Pod') await lab.ok(`kubectl wait --for=condition=Ready pod/${metadata.name} ${where}`);
  if (kind === 'Deployment' || kind === 'DaemonSet' || kind === 'StatefulSet')
    await lab.ok(`kubectl rollout status ${kind.toLowerCase()}/${metadata.name} ${where}`);
}

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: one\n';

test('a dry run and a diff change nothing', async () => {
  expect((await apply(CONFIG, { dryRun: true }))[0]?.verdict).toBe('created');
  const { manifests } = parseManifests(CONFIG);
  expect((await lab.settled(diffAll(lab.client, kinds, manifests)))[0]).toMatchObject({
    verdict: 'created',
    before: '',
  });
  expect((await apply(CONFIG))[0]?.verdict).toBe('created');
  const changed = parseManifests(CONFIG.replace('one', 'two')).manifests;
  const [change] = await lab.settled(diffAll(lab.client, kinds, changed));
  expect(change).toMatchObject({ verdict: 'configured' });
  expect(change && 'before' in change && [change.before, change.after]).toEqual([
    expect.stringContaining('a: one'),
    expect.stringContaining('a: two'),
  ]);
  expect((await lab.settled(diffAll(lab.client, kinds, manifests)))[0]?.verdict).toBe('unchanged');
  expect((await apply(CONFIG, { dryRun: true }))[0]?.verdict).toBe('unchanged');
});

test('fields of another manager are a conflict until they are taken over', async () => {
  await lab.ok('kubectl create configmap shared --from-literal=a=one');
  const text = CONFIG.replace('name: c', 'name: shared').replace('one', 'two');
  const [refused] = await apply(text);
  expect(refused).toMatchObject({ verdict: 'refused', conflict: true });
  expect(refused?.causes[0]?.field).toBe('.data.a');
  expect((await apply(text, { force: true }))[0]?.verdict).toBe('configured');
});

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: wrong
spec:
  replicas: 1
  selector:
    matchLabels:
      app: wrong
  template:
    metadata:
      labels:
        app: wrong
    spec:
      containers:
        - name: web
          image: nginx:1.27
`;

test.each([
  ['replicas: 1', 'replicas: -1', 6, /must be greater than or equal to 0/],
  ['replicas: 1', 'replicsa: 1', 6, /field not declared in schema|unknown field/],
  ['image: nginx:1.27', 'imagee: nginx:1.27', 17, /field not declared in schema|unknown field/],
  ['name: web', 'name: Web', 16, /RFC 1123/],
  ['        app: wrong\n    spec', '        app: right\n    spec', 12, /selector/],
  ['replicas: 1', 'replicas: many', 6, /replicas/],
])('the server refuses %j written as %j, at its line', async (right, wrong, line, words) => {
  const text = DEPLOYMENT.replace(right, wrong);
  const outcomes = await apply(text);
  expect(outcomes[0]?.verdict).toBe('refused');
  const said = serverDiagnostics({ text, outcomes }, parseManifests(text), text);
  expect(said[0]?.message).toMatch(words);
  expect(said[0]?.range.startLine).toBe(line);
  expect(serverDiagnostics({ text, outcomes }, parseManifests(DEPLOYMENT), DEPLOYMENT)).toEqual([]);
});

test('kinds nobody serves are refused in kubectl words, and the others go on', async () => {
  const outcomes = await apply(
    `apiVersion: x.y/v1\nkind: Thing\nmetadata:\n  name: t\n---\n${CONFIG.replace('name: c', 'name: d')}`,
  );
  expect(outcomes.map(({ verdict }) => verdict)).toEqual(['refused', 'created']);
  expect(outcomes[0]?.causes[0]?.message).toContain('no matches for kind "Thing" in version "x.y/v1"');
});

test('the schema knows every kind that can be created, with the words of kubectl explain', async () => {
  const schema = manifestSchema(await lab.settled(fetchOpenApi(lab.client))) as unknown as {
    readonly properties: { readonly kind: { readonly enum: readonly string[] } };
    readonly allOf: readonly object[];
    readonly definitions: {
      readonly [name: string]: {
        readonly additionalProperties?: unknown;
        readonly properties: { readonly [field: string]: { readonly description?: string } };
      };
    };
  };
  expect(schema.properties.kind.enum).toEqual(expect.arrayContaining(['Deployment', 'Pod', 'Service', 'List']));
  expect(schema.properties.kind.enum).not.toContain('PodList');
  const spec = schema.definitions['io.k8s.api.apps.v1.DeploymentSpec'];
  expect(spec?.additionalProperties).toBe(false);
  const explained = await lab.ok('kubectl explain deployment.spec.replicas');
  const words = (text: string | undefined) => (text ?? '').split(/\s+/).join(' ').trim();
  expect(words(explained)).toContain(words(spec?.properties.replicas?.description));
  expect(JSON.stringify(schema)).not.toContain('#/components');
});
