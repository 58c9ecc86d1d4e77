/** Lists, pages, selectors, watches, Tables and discovery, over the objects that the recorded lists show. */
import { type Exchange, judge } from '../exchange.ts';
import { firstDifference, normalise } from '../compare.ts';
import { servedPart, withoutBuild } from '../discovery.ts';
import { isServed, servedKind } from '../scope.ts';
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
  readonly status?: unknown;
}

interface RecordedList {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly Item[];
}

/** What the server fills in; it is not sent. */
const SERVER_SET = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

interface Managed {
  readonly subresource?: string;
}

/** What is sent to create an object that a recorded answer shows. */
function draft({ metadata, ...rest }: Item): unknown {
  return { ...rest, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !SERVER_SET.includes(key))) };
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
  const body = draft(item);
  const created = await target.play({ method: 'POST', path: collection, body, code: 201 });
  const managed = (item.metadata.managedFields ?? []) as readonly Managed[];
  if (created.code >= 400 || !managed.some((entry) => entry.subresource === 'status')) return;
  await target.play({ method: 'PUT', path: `${collection}/${item.metadata.name}/status`, body, code: 200 });
}

/** A cluster with every object of the recorder's that some answer shows whole. */
async function population(cases: readonly Read[]): Promise<Target> {
  const target = await Target.start(['lab', 'lab-b', 'reads']);
  const seen = new Set<string>();
  for (const one of cases) {
    const collection = (one.path ?? '').split('?')[0] as string;
    for (const item of shownObjects(one)) {
      const name = `${collection}/${item.metadata.name}`;
      const recorders = collection.includes('/namespaces/reads/') || item.metadata.name.startsWith('reads-');
      if (!recorders || seen.has(name) || !servedKind(item.apiVersion ?? '', collection.split('/').at(-1) ?? '')) continue;
      seen.add(name);
      await create(target, collection, item);
    }
  }
  // So that no list's version is that of its newest item.
  await target.play({ method: 'POST', path: '/api/v1/namespaces/lab/configmaps', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'last' } }, code: 201 });
  return target;
}

const named = { numberedVersions: true };

/** Columns and the recorded rows by name: what else a cluster-scoped list shows differs between clusters. */
function asShape(body: unknown, names: ReadonlySet<string>): unknown {
  const list = body as { readonly rows?: readonly { readonly object?: { readonly metadata?: { readonly name: string } } }[]; readonly items?: readonly Item[] };
  const known = (name: string | undefined) => name !== undefined && names.has(name);
  if (list.rows) return { ...list, rows: list.rows.filter((row) => known(row.object?.metadata?.name)) };
  if (list.items) return { ...list, items: list.items.filter((item) => known(item.metadata.name)) };
  return body;
}

function recordedNames(body: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const list = body as { readonly rows?: readonly { readonly object?: { readonly metadata?: { readonly name: string } } }[]; readonly items?: readonly Item[] };
  for (const row of list?.rows ?? []) if (row.object?.metadata) names.add(row.object.metadata.name);
  for (const item of list?.items ?? []) names.add(item.metadata.name);
  return names;
}

async function playRead(target: Target, one: Read): Promise<Verdict> {
  if (one.events) return playWatch(target, one);
  if (one.steps) return playPages(target, one.steps);
  const got = await target.play(one);
  const shaped = /^(table|list|partial-list)/.test(one.id) && !one.path.includes('/namespaces/');
  const body = shaped ? asShape(got.body, recordedNames(one.response)) : got.body;
  const recorded = { said: said([one]), ...named };
  const compare = (cut: (part: unknown) => unknown) =>
    judge(
      { ...one, response: cut(withoutBuild(one.id, one.response)) },
      { ...got, body: cut(withoutBuild(one.id, body)) },
      recorded,
    );
  const all = compare((part) => part);
  return all && one.id.startsWith('discovery/') ? { all, served: compare(servedPart) } : all;
}

/** The first difference, if any; for discovery also the one that concerns the kinds served so far. */
type Verdict = string | undefined | { readonly all: string; readonly served: string | undefined };

async function playPages(target: Target, steps: readonly Read[]): Promise<string | undefined> {
  const saved = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    const got = await target.play({ ...step, path: fill(step.path, saved) });
    const next = (got.body as { readonly metadata?: { readonly continue?: string } }).metadata?.continue;
    if (next) saved.set('continue', encodeURIComponent(next));
    const difference = judge(step, got, { said: said([step]), ...named });
    if (difference) return `page ${index}: ${difference}`;
  }
  return undefined;
}

async function playWatch(target: Target, one: Read): Promise<string | undefined> {
  const collection = (one.path.split('?')[0] as string).replace('/watch/', '/');
  const list = await target.play({ method: 'GET', path: collection, code: 200 });
  const rv = (list.body as { readonly metadata?: { readonly resourceVersion?: string } }).metadata?.resourceVersion ?? '0';
  const watch = await target.watch({ ...one, path: fill(one.path, new Map([['rv', rv]])) });
  if (watch.code !== one.code) return `code: expected ${one.code}, got ${watch.code}`;
  for (const exchange of one.during ?? []) await target.play(exchange);
  await target.pass(3000);
  watch.close();
  const expected = withoutBookmarks(one.events ?? []);
  const recorded = { said: said([one, ...(one.during ?? [])]), ...named };
  const got = withoutBookmarks(normalise(watch.frames, recorded) as unknown[]);
  return firstDifference(renumber(expected), renumber(got), recorded);
}

/** Whether and when a periodic bookmark comes is a matter of timing; the one that ends the initial events is not. */
const withoutBookmarks = (events: readonly unknown[]): unknown[] =>
  events.filter((event) => {
    const { type, object } = event as { readonly type: string; readonly object?: { readonly metadata?: { readonly annotations?: unknown } } };
    return type !== 'BOOKMARK' || object?.metadata?.annotations !== undefined;
  });

/** Numbers versions by first appearance within the frames alone. */
function renumber(events: unknown[]): unknown {
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
  let target = await population(cases);
  for (const [index, one] of cases.entries()) {
    if (!tally.wants(one.id, index)) continue;
    const exchanges = [one, ...(one.steps ?? []), ...(one.during ?? [])].filter((exchange) => exchange.path !== undefined);
    const verdict = await attempt(() => playRead(target, one));
    const { all, served } = typeof verdict === 'object' ? verdict : { all: verdict, served: verdict };
    tally.record(one.id, isServed(one.id, exchanges), all, served);
    if (!one.events) continue;
    target.stop();
    target = await population(cases);
  }
  target.stop();
  return tally.result();
}

export const suite: Suite = { name: 'reads', run: async (oracle, options) => [await reads(oracle, options)] };
