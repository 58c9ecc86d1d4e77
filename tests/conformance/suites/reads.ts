/** Lists, pages, selectors, watches, Tables and discovery, over the objects that the recorded lists show. */

import { firstDifference, normalise } from '../compare.ts';
import { withoutBuild } from '../discovery.ts';
import { type Exchange, judge } from '../exchange.ts';
import { unshown } from '../leftovers.ts';
import { type FileResult, type Oracle, type Suite, type SuiteOptions, Tally } from '../suite.ts';
import { Target } from '../target.ts';
import { attempt, fill, said } from './api.ts';

interface Read extends Exchange {
  readonly id: string;
  readonly steps?: readonly Read[];
  readonly list?: unknown;
  readonly during?: readonly Exchange[];
  readonly events?: readonly unknown[];
}

interface Item {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Record<string, unknown> & { readonly name: string; readonly namespace?: string };
  readonly spec?: object;
  readonly status?: unknown;
}

interface RecordedList {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly Item[];
}

interface Managed {
  readonly subresource?: string;
  readonly fieldsV1: Fields;
}

type Fields = { readonly [path: string]: Fields };

/** The part of a value that its managedFields say the client sent. */
function owned(value: unknown, fields: Fields): unknown {
  const children = Object.keys(fields).filter((key) => key !== '.');
  if (children.length === 0) return value;
  if (Array.isArray(value))
    return value.filter((item) => children.some((key) => isItem(item, key))).map((item) => ownedItem(item, fields));
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>;
  const kept = children.map((key) => key.slice(2)).filter((name) => source[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, owned(source[name], fields[`f:${name}`] as Fields)]));
}

function isItem(item: unknown, key: string): boolean {
  if (key.startsWith('v:')) return JSON.stringify(item) === key.slice(2);
  const keys = Object.entries(JSON.parse(key.slice(2)) as Record<string, unknown>);
  return keys.every(([name, value]) => (item as Record<string, unknown>)[name] === value);
}

function ownedItem(item: unknown, fields: Fields): unknown {
  const key = Object.keys(fields).find((one) => one !== '.' && isItem(item, one));
  return key === undefined || key.startsWith('v:') ? item : owned(item, fields[key] as Fields);
}

/** What is sent to create an object that a recorded answer shows, or to write one of its subresources. */
function draft(item: Item, subresource: string | undefined): unknown {
  const managed = (item.metadata.managedFields ?? []) as readonly Managed[];
  const fields = managed.find((entry) => entry.subresource === subresource)?.fieldsV1;
  const { apiVersion, kind, metadata } = item;
  // Nobody owns a field: nothing but the name was sent.
  if (!fields)
    return {
      apiVersion,
      kind,
      metadata: { name: metadata.name },
      ...(kind === 'CertificateSigningRequest' && { spec: item.spec }),
    };
  const sent = owned(item, fields) as { readonly metadata?: object };
  const whole = { ...sent, apiVersion, kind, metadata: { ...sent.metadata, name: metadata.name } };
  return JSON.parse(JSON.stringify(whole).replaceAll('<time>', '2024-01-01T00:00:00Z'));
}

/** The whole objects that an answer shows: a list's items, or a Table's rows that carry them. */
function shownObjects(one: Read): Item[] {
  if (/^list\/(v1|[^/]+\/[^/]+)\/[A-Z]\w+$/.test(one.id)) {
    const list = one.response as RecordedList;
    return list.items.map((item) => ({ ...item, apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, '') }));
  }
  if (!one.id.startsWith('table-object/')) return [];
  return (one.response as { readonly rows: readonly { readonly object: Item }[] }).rows.map(({ object }) => object);
}

async function create(target: Target, collection: string, item: Item): Promise<void> {
  const path = `${collection}/${item.metadata.name}`;
  await target.play({ method: 'POST', path: collection, body: draft(item, undefined), code: 201 });
  const managed = (item.metadata.managedFields ?? []) as readonly Managed[];
  // The server itself writes the status of definitions.
  if (item.kind === 'CustomResourceDefinition') await target.pass(1000);
  else if (managed.some((entry) => entry.subresource === 'status')) {
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    await target.play({ method: 'PATCH', path: `${path}/status`, headers, body: draft(item, 'status'), code: 200 });
  }
  if (item.metadata.deletionTimestamp !== undefined) await target.play({ method: 'DELETE', path, code: 200 });
}

/** Classes that no recorded answer here shows whole; Tables and metadata tell what they were. They came last: claims have no default. */
const unseen = ['reads-sc', 'reads-sc2'].map((name, i) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name,
    ...(i === 0 && { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }),
    managedFields: [
      {
        fieldsV1: {
          ...(i === 0 && { 'f:metadata': { 'f:annotations': {} }, 'f:allowVolumeExpansion': {} }),
          'f:provisioner': {},
          'f:reclaimPolicy': {},
          'f:volumeBindingMode': {},
        },
      },
    ],
  },
  provisioner: 'k8s.io/minikube-hostpath',
  reclaimPolicy: i === 0 ? 'Delete' : 'Retain',
  volumeBindingMode: i === 0 ? 'Immediate' : 'WaitForFirstConsumer',
  ...(i === 0 && { allowVolumeExpansion: true }),
}));

/** Custom resources that no answer shows whole. */
const DOODADS = '/apis/rec.example.com/v1/namespaces/reads/doodads';

/** A cluster with every object of the recorder's that some answer shows whole. */
async function population(cases: readonly Read[], bumped: boolean): Promise<Target> {
  const target = await Target.start(['lab', 'lab-b', 'reads']);
  const seen = new Set<string>();
  for (const one of cases) {
    const collection = (one.path ?? '').split('?')[0] as string;
    for (const item of shownObjects(one)) {
      const name = `${collection}/${item.metadata.name}`;
      const recorders =
        collection.includes('/namespaces/reads/') ||
        /^(reads|rec)[-.]/.test(item.metadata.name) ||
        item.kind === 'CustomResourceDefinition';
      if (!recorders || seen.has(name)) continue;
      seen.add(name);
      if (unseen.some(({ metadata }) => metadata.name === item.metadata.name)) continue;
      await create(target, collection, item);
    }
  }
  for (const { collection, body } of unshown) {
    if (!seen.has(`${collection}/${body.metadata.name}`))
      await target.play({ method: 'POST', path: collection, body, code: 201 });
  }
  for (const item of unseen) await create(target, '/apis/storage.k8s.io/v1/storageclasses', item);
  for (const [name, spec] of Object.entries({ x: { size: 1 }, y: { note: 'n' } })) {
    const body = { apiVersion: 'rec.example.com/v1', kind: 'Doodad', metadata: { name }, spec };
    await target.play({ method: 'POST', path: DOODADS, body, code: 201 });
  }
  // The recorder's own: it made the list's version move.
  const bump = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bump' }, data: { a: '1' } };
  if (bumped) await target.play({ method: 'POST', path: '/api/v1/namespaces/reads/configmaps', body: bump, code: 201 });
  // History: revisions up to 500 are compacted, and too old for a watch to start from.
  const old = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'old' } };
  await target.play({ method: 'POST', path: '/api/v1/namespaces/lab/configmaps', body: old, code: 201 });
  const path = '/api/v1/namespaces/lab/configmaps/old';
  for (let i = 0; i < 600; i++)
    await target.play({ method: 'PUT', path, body: { ...old, data: { i: String(i) } }, code: 200 });
  await target.pass(700_000);
  await target.play({ method: 'PUT', path, body: old, code: 200 });
  // So that no list's version is that of its newest item.
  await target.play({
    method: 'POST',
    path: '/api/v1/namespaces/lab/configmaps',
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'last' } },
    code: 201,
  });
  return target;
}

const named = { numberedVersions: true };

interface Shown {
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object?: { readonly metadata?: { readonly name: string } } | null;
  }[];
  readonly items?: readonly Item[];
}

const rowName = ({ cells, object }: NonNullable<Shown['rows']>[number]) => object?.metadata?.name ?? String(cells[0]);

/** Columns and the recorded rows by name: what else a cluster-scoped list shows differs between clusters. */
function asShape(body: unknown, names: ReadonlySet<string>): unknown {
  const list = body as Shown;
  if (list.rows) return { ...list, rows: list.rows.filter((row) => names.has(rowName(row))) };
  if (list.items) return { ...list, items: list.items.filter((item) => names.has(item.metadata.name)) };
  return body;
}

function recordedNames(body: unknown): ReadonlySet<string> {
  const { rows, items } = (body ?? {}) as Shown;
  return new Set([...(rows ?? []).map(rowName), ...(items ?? []).map((item) => item.metadata.name)]);
}

async function playRead(target: Target, one: Read): Promise<string | undefined> {
  if (one.events) return playWatch(target, one);
  if (one.steps) return playPages(target, one.steps);
  const got = await target.play(one);
  const shaped = /^(table|list|partial-list)/.test(one.id) && !one.path.includes('/namespaces/');
  const body = shaped ? asShape(got.body, recordedNames(one.response)) : got.body;
  // Rows that were taken out of the recording keep their numbers there.
  const response = shaped ? renumber(one.response) : one.response;
  return judge(
    { ...one, response: withoutBuild(one.id, response) },
    { ...got, body: withoutBuild(one.id, body) },
    { said: said([one]), ...named },
  );
}

async function playPages(target: Target, steps: readonly Read[]): Promise<string | undefined> {
  const saved = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    const got = await target.play({ ...step, path: fill(step.path, saved) });
    const next = (got.body as { readonly metadata?: { readonly continue?: string } }).metadata?.continue;
    if (next) saved.set('continue', encodeURIComponent(next));
    const page = { ...step, response: renumber(step.response) };
    const difference = judge(page, got, { said: said([step]), ...named });
    if (difference) return `page ${index}: ${difference}`;
  }
  return undefined;
}

async function playWatch(target: Target, one: Read): Promise<string | undefined> {
  const collection = (one.path.split('?')[0] as string).replace('/watch/', '/');
  const list = await target.play({ method: 'GET', path: collection, code: 200 });
  const rv =
    (list.body as { readonly metadata?: { readonly resourceVersion?: string } }).metadata?.resourceVersion ?? '0';
  const watch = await target.watch({ ...one, path: fill(one.path, new Map([['rv', rv]])) });
  if (watch.code !== one.code) return `code: expected ${one.code}, got ${watch.code}`;
  const recorded = { said: said([one, ...(one.during ?? [])]), ...named };
  if (watch.answer) return firstDifference(one.events?.[0], normalise(watch.answer.body, recorded), recorded);
  for (const exchange of one.during ?? []) await target.play(exchange);
  // Longer than the namespace controller waits before it empties a namespace.
  await target.pass(8000);
  watch.close();
  const expected = withoutBookmarks(one.events ?? []);
  const got = withoutBookmarks(normalise(watch.frames, recorded) as unknown[]);
  return firstDifference(renumber(expected), renumber(got), recorded);
}

/** Whether and when a periodic bookmark comes is a matter of timing; the one that ends the initial events is not. */
const withoutBookmarks = (events: readonly unknown[]): unknown[] =>
  events.filter((event) => {
    const { type, object } = event as {
      readonly type: string;
      readonly object?: { readonly metadata?: { readonly annotations?: unknown } };
    };
    return type !== 'BOOKMARK' || object?.metadata?.annotations !== undefined;
  });

/** Numbers versions by first appearance within the frames alone. */
function renumber(events: unknown): unknown {
  const seen = new Map<string, string>();
  return JSON.parse(
    JSON.stringify(events).replace(/<rv:\d+>/g, (version) => {
      if (!seen.has(version)) seen.set(version, `<rv:${seen.size + 1}>`);
      return seen.get(version) as string;
    }),
  );
}

async function reads(oracle: Oracle, options: SuiteOptions): Promise<FileResult> {
  const tally = new Tally('reads', 'reads.jsonl', options);
  const cases = oracle.lines<Read>('api/reads.jsonl');
  let bumped = false;
  let target = await population(cases, bumped);
  // What is served was asked first, before there were definitions.
  const fresh = await Target.start([]);
  for (const [index, one] of cases.entries()) {
    if (!tally.wants(one.id, index)) continue;
    const wantsBump = JSON.stringify(one.events ?? '').includes('"bump"');
    if (wantsBump !== bumped) {
      target.stop();
      bumped = wantsBump;
      target = await population(cases, bumped);
    }
    tally.record(one.id, await attempt(() => playRead(one.id.startsWith('discovery/') ? fresh : target, one)));
    if (!one.events) continue;
    target.stop();
    target = await population(cases, bumped);
  }
  target.stop();
  fresh.stop();
  return tally.result();
}

export const suite: Suite = {
  name: 'reads',
  needs: 'api/reads.jsonl',
  run: async (oracle, options) => [await reads(oracle, options)],
};
