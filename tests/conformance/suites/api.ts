/** The API server's answers: defaults, refusals, patch sequences. (Reads: reads.ts.) */
import type { Recorded } from '../compare.ts';
import { type Exchange, judge } from '../exchange.ts';
import { effectsIn } from '../leftovers.ts';
import { type FileResult, type Oracle, type Suite, type SuiteOptions, Tally } from '../suite.ts';
import { Target } from '../target.ts';

interface Need {
  readonly namespace: string;
  readonly labels?: unknown;
}

interface Case extends Exchange {
  readonly id: string;
  readonly needs?: readonly (Need | string)[];
  readonly setup?: readonly Exchange[];
  readonly steps?: readonly Step[];
  readonly after?: string;
}

interface Step extends Exchange {
  readonly save?: { readonly [name: string]: string };
  readonly until?: { readonly code?: number; readonly field?: string; readonly equals?: unknown };
}

/** Everything the client said: what it chose itself is compared as it is. */
export const said = (exchanges: readonly Exchange[]): string =>
  exchanges
    .map(
      ({ path, body }) => `${decodeURIComponent(path)} ${typeof body === 'string' ? body : JSON.stringify(body ?? '')}`,
    )
    .join('\n');

/** The five cases that share one namespace, in their recorded order. */
const SHARED = /^namespace-terminating\//;

/** The moment after which an object was read once more. */
const SETTLE_MS = 2000;

async function playCase(target: Target, one: Case, before: readonly Exchange[]): Promise<string | undefined> {
  for (const need of one.needs ?? []) {
    const { namespace, labels } = typeof need === 'string' ? { namespace: need, labels: undefined } : need;
    await target.namespace(namespace, labels);
  }
  // Manifests of the documentation name namespaces that others of them make.
  const [, own] = /\/namespaces\/([^/]+)\//.exec(one.path) ?? [];
  if (own !== undefined && one.code === 201 && one.id.startsWith('manifest/')) await target.namespace(own);
  for (const { collection, body } of effectsIn(one)) {
    await target.play({ method: 'POST', path: collection, body, code: 201 });
  }
  // A namespace that another case had made.
  const [, whole] = /^\/api\/v1\/namespaces\/(rec-[^/]+)$/.exec(one.path) ?? [];
  if (whole !== undefined && one.method === 'PATCH' && one.code !== 404 && !one.setup) await target.namespace(whole);
  // The version that such a token names had long been compacted.
  if (one.code === 410 && one.path.includes('continue=')) await target.pass(700_000);
  const saved = new Map<string, string>();
  for (const exchange of [...before, ...(one.setup ?? [])] as readonly Step[]) {
    if (exchange.waitMs) await target.pass(exchange.waitMs);
    const got = await target.play({ ...exchange, path: fill(exchange.path, saved), body: fill(exchange.body, saved) });
    for (const [name, path] of Object.entries(exchange.save ?? {})) saved.set(name, String(pick(got.body, path) ?? ''));
  }
  if (one.waitMs) await target.pass(one.waitMs);
  if (one.after) await target.pass(SETTLE_MS);
  const played = [...before, ...(one.setup ?? []), one];
  const recorded: Recorded = { said: said(played), generated: played.flatMap(({ generated }) => generated ?? []) };
  const filled = { ...one, path: fill(one.path, saved), body: fill(one.body, saved) };
  const got = await target.play(filled);
  if (!/^field-selector\//.test(one.id) || one.path.includes('/namespaces/')) return judge(one, got, recorded);
  const [response, body] = commonItems(one.response, got.body);
  return judge({ ...one, response }, { ...got, body }, recorded);
}

interface Listed {
  readonly items?: readonly { readonly metadata: { readonly name: string } }[];
}

/** Lists of cluster-scoped kinds show what else was there: only what both clusters have is compared. */
function commonItems(expected: unknown, actual: unknown): readonly [unknown, unknown] {
  const [ours, theirs] = [actual as Listed, expected as Listed];
  if (!ours?.items || !theirs?.items) return [expected, actual];
  const named = ({ items = [] }: Listed) => new Set(items.map(({ metadata }) => metadata.name));
  const [known, wanted] = [named(ours), named(theirs)];
  const only = (list: Listed, names: ReadonlySet<string>) => ({
    ...list,
    items: list.items?.filter(({ metadata }) => names.has(metadata.name)),
  });
  return [only(theirs, known), only(ours, wanted)];
}

async function exchanges(suite: string, file: string, oracle: Oracle, options: SuiteOptions): Promise<FileResult> {
  const tally = new Tally(suite, file, options);
  const cases = oracle.lines<Case>(`api/${file}`);
  const byId = new Map(cases.map((one) => [one.id, one]));
  let shared: Target | undefined;
  for (const [index, one] of cases.entries()) {
    if (!tally.wants(one.id, index)) continue;
    const before = one.after ? [byId.get(one.after) as Case] : [];
    const share = SHARED.test(one.id);
    const target = (share ? shared : undefined) ?? (await Target.start());
    if (share) shared = target;
    tally.record(one.id, await attempt(() => playCase(target, one, before)));
    if (!share) target.stop();
  }
  shared?.stop();
  return tally.result();
}

/** A crash of ours is a difference, not the end of the run. */
export async function attempt<T>(run: () => Promise<T>): Promise<T | string> {
  try {
    return await run();
  } catch (error) {
    return `crashed: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ') : String(error)}`;
  }
}

const pick = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], value);

/** Fills `${name}` in paths and bodies with what earlier steps saved. */
export function fill<T>(value: T, saved: ReadonlyMap<string, string>): T {
  if (saved.size === 0) return value;
  const text = JSON.stringify(value);
  if (text === undefined || !text.includes('${')) return value;
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, (whole, name: string) => saved.get(name) ?? whole)) as T;
}

const met = (step: Step, code: number, body: unknown) =>
  !step.until ||
  ((step.until.code === undefined || step.until.code === code) &&
    (step.until.field === undefined ||
      JSON.stringify(pick(body, step.until.field)) === JSON.stringify(step.until.equals)));

async function playSteps(target: Target, steps: readonly Step[]): Promise<string | undefined> {
  const saved = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    const filled = { ...step, path: fill(step.path, saved), body: fill(step.body, saved) };
    let got = await target.play(filled);
    for (let tries = 0; !met(step, got.code, got.body) && tries < 100; tries++) {
      await target.pass(100);
      got = await target.play(filled);
    }
    if (step.waitMs) await target.pass(step.waitMs);
    for (const [name, path] of Object.entries(step.save ?? {})) saved.set(name, String(pick(got.body, path) ?? ''));
    const difference = judge(step, got, { said: said([step]) });
    if (difference) return `step ${index}: ${difference}`;
  }
  return undefined;
}

async function sequences(oracle: Oracle, options: SuiteOptions): Promise<FileResult> {
  const tally = new Tally('patches', 'patches.jsonl', options);
  for (const [index, one] of oracle.lines<Case>('api/patches.jsonl').entries()) {
    if (!tally.wants(one.id, index)) continue;
    const target = await Target.start();
    const steps = one.steps ?? [];
    tally.record(one.id, await attempt(() => playSteps(target, steps)));
    target.stop();
  }
  return tally.result();
}

export const suites: readonly Suite[] = [
  {
    name: 'defaults',
    needs: 'api/defaults.jsonl',
    run: async (oracle, options) => [await exchanges('defaults', 'defaults.jsonl', oracle, options)],
  },
  {
    name: 'errors',
    needs: 'api/errors.jsonl',
    run: async (oracle, options) => [await exchanges('errors', 'errors.jsonl', oracle, options)],
  },
  { name: 'patches', needs: 'api/patches.jsonl', run: async (oracle, options) => [await sequences(oracle, options)] },
];
