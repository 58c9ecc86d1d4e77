/**
 * The language of checks: CEL over live state. Functions read through a View, so that whoever evaluates knows what was read.
 */
import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { isJsonMap } from '#engine/apimachinery';
import { describePod, toCel } from './cel-values.ts';
import { NotYetKnown, resourceByName, splitReference, type View } from './view.ts';

/** The expression asks for something that does not exist in any cluster. */
class Misspelt extends Error {
  override readonly name = 'Misspelt';
}

let reading: View | undefined;

function view(): View {
  if (!reading) throw new Misspelt('functions of the cluster need a cluster');
  return reading;
}

const DEFAULT = 'default';

function pods(selector: string, namespace: string): readonly unknown[] {
  return view().list(resourceOf('pods'), namespace, selector).map(describePod);
}

function resourceOf(name: string) {
  const resource = resourceByName(name);
  if (!resource) throw new Misspelt(`unknown kind: ${name}`);
  return resource;
}

function get(reference: string, namespace: string): unknown {
  const split = splitReference(reference);
  if (!split) throw new Misspelt(`expected kind/name, got ${reference}`);
  const resource = resourceOf(split.kind);
  return toCel(view().get(resource, resource.namespaced ? namespace : '', split.name));
}

const list = (kind: string, selector: string, namespace: string): readonly unknown[] => {
  const resource = resourceOf(kind);
  return view()
    .list(resource, resource.namespaced ? namespace : '', selector)
    .map(toCel) as readonly unknown[];
};

interface Slice {
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

function endpoints(service: string, namespace: string): unknown {
  const slices = view().list(resourceOf('endpointslices'), namespace, `kubernetes.io/service-name=${service}`);
  const all = slices.flatMap((slice) => (slice as Slice).endpoints ?? []);
  const ready = all.filter(({ conditions }) => conditions?.ready ?? true);
  return {
    ready: BigInt(ready.length),
    notReady: BigInt(all.length - ready.length),
    addresses: ready.flatMap(({ addresses = [] }) => addresses),
  };
}

interface EventObject {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
}

function events(reference: string, namespace: string): readonly unknown[] {
  const split = splitReference(reference);
  if (!split) throw new Misspelt(`expected kind/name, got ${reference}`);
  const { kind } = resourceOf(split.kind);
  return view()
    .list(resourceOf('events'), namespace, '')
    .map((event) => event as EventObject)
    .filter(({ involvedObject }) => involvedObject?.kind === kind && involvedObject.name === split.name)
    .map(({ type = '', reason = '', message = '', count = 1 }) => ({ type, reason, message, count: BigInt(count) }));
}

function isReady(node: unknown): boolean {
  const conditions = (
    node as {
      readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
    }
  ).status?.conditions;
  return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function nodes(): readonly unknown[] {
  return view()
    .list(resourceOf('nodes'), '', '')
    .map((node) => ({
      name: node.metadata.name,
      ready: isReady(node),
      labels: node.metadata.labels ?? {},
      schedulable: !(node as { readonly spec?: { readonly unschedulable?: boolean } }).spec?.unschedulable,
    }));
}

function traffic(target: string): unknown {
  const { sent, failed } = view().traffic(target);
  return { sent: BigInt(sent), failed: BigInt(failed) };
}

const commands = (): readonly unknown[] =>
  view()
    .commands()
    .map(({ line, code, host }) => ({ line, code: BigInt(code), host }));

const visits = (): readonly unknown[] =>
  view()
    .visits()
    .map(({ method, url, status }) => ({ method, url, status: BigInt(status) }));

const environment = new Environment({ unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: false })
  .registerFunction('pods(): list', () => pods('', DEFAULT))
  .registerFunction('pods(string): list', (selector: string) => pods(selector, DEFAULT))
  .registerFunction('pods(string, string): list', pods)
  .registerFunction('nodes(): list', nodes)
  .registerFunction('list(string): list', (kind: string) => list(kind, '', DEFAULT))
  .registerFunction('list(string, string): list', (kind: string, selector: string) => list(kind, selector, DEFAULT))
  .registerFunction('list(string, string, string): list', list)
  .registerFunction('exists(string): bool', (reference: string) => get(reference, DEFAULT) !== null)
  .registerFunction(
    'exists(string, string): bool',
    (reference: string, namespace: string) => get(reference, namespace) !== null,
  )
  .registerFunction('get(string): dyn', (reference: string) => get(reference, DEFAULT))
  .registerFunction('get(string, string): dyn', get)
  .registerFunction('endpoints(string): dyn', (service: string) => endpoints(service, DEFAULT))
  .registerFunction('endpoints(string, string): dyn', endpoints)
  .registerFunction('events(string): list', (reference: string) => events(reference, DEFAULT))
  .registerFunction('events(string, string): list', events)
  .registerFunction('traffic(string): dyn', traffic)
  .registerFunction('visits(): list', visits)
  .registerFunction('commands(): list', commands);

type Compiled = ReturnType<Environment['parse']>;
const compiled = new Map<string, Compiled>();
const MAX_COMPILED = 500;

function compile(expression: string): Compiled {
  let program = compiled.get(expression);
  if (!program) {
    program = environment.parse(expression);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(expression, program);
  }
  return program;
}

/** Reads nothing: what it answers is what an empty cluster would. */
const EMPTY: View = {
  list: () => [],
  get: () => undefined,
  commands: () => [],
  visits: () => [],
  traffic: () => ({ sent: 0, failed: 0 }),
};

/** What is wrong with an expression, as far as that can be known without a cluster; undefined when nothing is. */
export function expressionProblem(expression: string): string | undefined {
  try {
    const { valid, error } = compile(expression).check();
    if (!valid) return firstLine(error);
    evaluate(expression, EMPTY);
  } catch (error) {
    return firstLine(error);
  }
  return undefined;
}

const firstLine = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] as string) : String(error);

/**
 * The value of an expression; undefined where the cluster has nothing of the sort (a missing field, an index too high).
 * @throws NotYetKnown when a list it needs has not arrived
 */
export function evaluate(expression: string, from: View): unknown {
  const before = reading;
  reading = from;
  try {
    return compile(expression)({});
  } catch (error) {
    if (error instanceof NotYetKnown || error instanceof Misspelt) throw error;
    if (error instanceof EvaluationError) {
      if (error.cause instanceof NotYetKnown || error.cause instanceof Misspelt) throw error.cause;
      return undefined;
    }
    throw error;
  } finally {
    reading = before;
  }
}

/** True when the expression is; anything else, and what is missing, is false. */
export const holds = (expression: string, from: View): boolean => evaluate(expression, from) === true;

const HOLE = /\$\{([^}]*)\}/g;

export function templateProblem(text: string): string | undefined {
  for (const [, expression = ''] of text.matchAll(HOLE)) {
    const problem = expressionProblem(expression);
    if (problem) return `\${${expression}}: ${problem}`;
  }
  return undefined;
}

/** The text with its `${expression}`s replaced by what they are now; what is not there is `–`. */
export function fillTemplate(text: string, from: View): string {
  return text.replace(HOLE, (_, expression: string) => printed(evaluate(expression, from)));
}

function printed(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.map(printed).join(', ');
  return isJsonMap(value)
    ? JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part))
    : String(value);
}
