/** Does what was recorded, and says in which way the outcome differs. */
import {
  configMaps,
  controllerRevisions,
  cronJobs,
  daemonSets,
  deployments,
  endpointSlices,
  endpoints,
  events,
  horizontalPodAutoscalers,
  jobs,
  namespaces,
  persistentVolumeClaims,
  podDisruptionBudgets,
  pods,
  type Resource,
  replicaSets,
  resourceQuotas,
  services,
  statefulSets,
} from '#engine/api';
import type { KubeObject, OwnerReference, WatchEvent } from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import { type Answer, answer } from '../../exchange.ts';
import { HISTORY_KINDS, reduce, states } from './history.ts';
import { maskHashes, normaliseObject, normaliseText } from './normalise.ts';
import type { Action, Scenario } from './scenario.ts';
import { Stage } from './stage.ts';

const NAMESPACE = 'replayed';

const KINDS: readonly Resource[] = [
  configMaps,
  controllerRevisions,
  cronJobs,
  daemonSets,
  deployments,
  endpointSlices,
  endpoints,
  horizontalPodAutoscalers,
  jobs,
  persistentVolumeClaims,
  podDisruptionBudgets,
  pods,
  replicaSets,
  resourceQuotas,
  services,
  statefulSets,
] as readonly Resource[];

/** What can be judged of a history, each undefined when it agrees. */
export interface Verdicts {
  readonly requests: string | undefined;
  readonly events: string | undefined;
  readonly final: string | undefined;
  /** Of the objects that went through the same states in two recordings. */
  readonly histories: string | undefined;
}

export async function replay(scenario: Scenario): Promise<Verdicts> {
  const stage = await Stage.start();
  try {
    return await new Performance(stage, scenario).run();
  } catch (error) {
    const text = `broke off: ${error instanceof Error ? error.message : String(error)}`;
    return { requests: text, events: text, final: text, histories: text };
  } finally {
    stage.stop();
  }
}

class Performance {
  /** `web-{1}` -> the real name, in order of creation. */
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private readonly uids = new Map<string, string>();
  /** `Kind/name` with the recorded name -> what the watch showed. */
  private readonly seen = new Map<string, WatchEvent[]>();
  private readonly symbols = new Map<string, string>();
  /** The real names of a CronJob's Jobs and what they are called in the recording. */
  private readonly minutes = new Map<string, string>();
  private startedAt = 0;

  constructor(
    private readonly stage: Stage,
    private readonly scenario: Scenario,
  ) {}

  async run(): Promise<Verdicts> {
    const { stage, scenario } = this;
    await stage.client.create(namespaces, { metadata: { name: NAMESPACE } });
    await stage.pass(1000);
    await this.observe();
    await stage.loop.runUntil(this.startTime());
    this.startedAt = stage.loop.now();
    let requests: string | undefined;
    for (const [index, action] of scenario.actions.entries()) {
      await stage.loop.runUntil(Math.max(stage.loop.now(), this.startedAt + action.atSeconds * 1000));
      const difference = await this.perform(action);
      if (difference !== undefined) requests ??= `action ${index}: ${difference}`;
    }
    const end = Math.max(
      0,
      ...scenario.events.map(({ t }) => t),
      ...scenario.actions.map(({ atSeconds }) => atSeconds),
    );
    await stage.loop.runUntil(this.startedAt + (end + 1.5) * 1000);
    return {
      requests,
      events: await this.judgeEvents(),
      final: await this.judgeFinal(),
      histories: this.judgeHistories(),
    };
  }

  /** A whole second; for CronJobs the one at which the next minute is as far away as it was. */
  private startTime(): number {
    const soon = Math.ceil(this.stage.loop.now() / 1000) + 1;
    const first = this.scenario.events.find(({ kind, name }) => kind === 'Job' && name.endsWith('-{minute1}'));
    if (!first) return soon * 1000;
    const minute = Math.ceil((soon + Math.floor(first.t)) / 60) * 60;
    return (minute - Math.floor(first.t)) * 1000;
  }

  /** Keeps the numbers of generated names by a watch on every kind. */
  private async observe(): Promise<void> {
    for (const resource of KINDS) {
      const list = await this.stage.client.list<KubeObject>(resource, { namespace: NAMESPACE });
      const { resourceVersion = '' } = list.metadata;
      const frames = await this.stage.client.watch<KubeObject>(resource, { namespace: NAMESPACE, resourceVersion });
      frames
        .forEach((event) => {
          if (event.type === 'ADDED') this.learn(event.object);
          const symbol = this.symbols.get(event.object.metadata.uid ?? '');
          if (symbol !== undefined) this.seen.set(symbol, [...(this.seen.get(symbol) ?? []), event]);
        })
        .catch((error: unknown) => this.stage.loop.fail(error));
    }
  }

  private learn({ kind, metadata }: KubeObject): void {
    const { generateName, name, uid = '' } = metadata;
    const minutes = this.minuteOf(kind, name, metadata.ownerReferences?.[0]);
    let symbol = minutes ?? name;
    // The Pods of StatefulSets have names of their own although their template could name them.
    const isNamed =
      kind === 'ControllerRevision' || metadata.ownerReferences?.some((owner) => owner.kind === 'StatefulSet');
    if (generateName && !isNamed) {
      const prefix = this.withMinutes(generateName);
      const count = (this.counts.get(`${kind}/${prefix}`) ?? 0) + 1;
      this.counts.set(`${kind}/${prefix}`, count);
      symbol = `${prefix}{${count}}`;
      this.names.set(`${kind}/${symbol}`, name);
    }
    this.uids.set(`${kind}/${symbol}`, uid);
    this.symbols.set(uid, `${kind}/${symbol}`);
  }

  /** `tick-{minute1}` for the first Job of a CronJob. */
  private minuteOf(kind: string, name: string, owner: OwnerReference | undefined): string | undefined {
    if (kind !== 'Job' || owner?.kind !== 'CronJob') return undefined;
    const known = [...this.minutes.values()].filter((symbol) => symbol.startsWith(`${owner.name}-{`)).length;
    const symbol = `${owner.name}-{minute${known + 1}}`;
    this.minutes.set(name, symbol);
    return symbol;
  }

  private withMinutes(text: string): string {
    let result = text;
    for (const [name, symbol] of this.minutes) result = result.replaceAll(name, symbol);
    return result;
  }

  private async perform({ request, status, error }: Action): Promise<string | undefined> {
    const { stage } = this;
    if (request.startHollowNode) {
      const labels = JSON.parse(this.fill(JSON.stringify(request.labels ?? {}))) as { [name: string]: string };
      stage.startNode(request.startHollowNode, labels);
      return undefined;
    }
    if (request.stopHollowNode) {
      stage.stopNode(request.stopHollowNode);
      return undefined;
    }
    const got = await this.send(request.method ?? 'GET', request.path ?? '/', request.body, request.contentType);
    if (status !== undefined && got.code !== status) {
      return `${request.method} ${request.path}: expected ${status}, got ${got.code} ${JSON.stringify(got.body).slice(0, 200)}`;
    }
    const message = (got.body as { message?: string } | undefined)?.message;
    const wanted = error?.message && this.fill(error.message);
    return wanted === undefined || wanted === message ? undefined : `expected message ${wanted}, got ${message}`;
  }

  private async send(method: string, path: string, body: unknown, contentType?: string): Promise<Answer> {
    const filled = body === undefined ? undefined : (JSON.parse(this.fill(JSON.stringify(body))) as unknown);
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    let result: Answer | undefined;
    const exchange = {
      method,
      path: this.fill(path),
      headers,
      code: 200,
      ...(filled !== undefined && { body: filled }),
    };
    const pending = answer(this.stage.handler, exchange).then((value) => {
      result = value;
    });
    await this.stage.loop.runUntil(this.stage.loop.now() + 60_000, () => result !== undefined);
    await pending;
    return result as unknown as Answer;
  }

  /** Recorded placeholders to what they stand for here. */
  private fill(text: string): string {
    return text
      .replaceAll('{ns}', NAMESPACE)
      .replace(/\{uid:([^}]+?(?:\{\d+\})?)\}/g, (_, key: string) => this.uids.get(key) ?? key)
      .replace(
        /((?:[a-z0-9-]|\{minute\d+\})*-)\{(\d+)\}/g,
        (all) => this.names.get(`Pod/${all}`) ?? this.names.get(`ReplicaSet/${all}`) ?? all,
      )
      .replaceAll('{podIP}', '192.168.192.168')
      .replace(/T\+(\d+)s/g, (_, seconds: string) => formatTime(this.startedAt + Number(seconds) * 1000));
  }

  private generatedNames(): readonly string[] {
    return [...this.names.values()];
  }

  /** Uids, names and numbers as in the recording. */
  private clean(text: string): string {
    let result = normaliseText(text, NAMESPACE, this.generatedNames());
    for (const [uid, symbol] of this.symbols) result = result.replaceAll(uid, `{uid:${symbol}}`);
    return this.withMinutes(result).replace(/\{\d+\}/g, '{#}');
  }

  private async judgeEvents(): Promise<string | undefined> {
    if (this.scenario.stability?.coreEventsSameSet === false) return undefined;
    const { items } = await this.stage.client.list(events);
    const recent = items.filter(
      ({ involvedObject, metadata }) => involvedObject.namespace === NAMESPACE || metadata.namespace === NAMESPACE,
    );
    const clean = (text: string) => this.clean(text);
    const got = recent.map(({ involvedObject: { kind, name }, type, reason, message }) =>
      clean(`${kind}/${name} ${type} ${reason}: ${message}`),
    );
    const wanted = this.scenario.coreEvents
      .filter(({ object }) => !object.startsWith('Node/'))
      .map(({ object, type, reason, message }) => clean(`${object} ${type} ${reason}: ${message}`));
    return setDifference([...new Set(wanted)], [...new Set(got)]);
  }

  private judgeHistories(): string | undefined {
    const clean = (text: string) => maskHashes(this.clean(text));
    for (const symbol of this.scenario.stability?.objectsWithSameHistory ?? []) {
      const [kind = '', name = ''] = symbol.split('/');
      if (!HISTORY_KINDS.includes(kind) || name === 'kube-root-ca.crt') continue;
      const recorded = this.scenario.events.filter((event) => event.kind === kind && event.name === name);
      const wanted = states(recorded, clean);
      const got = states((this.seen.get(symbol) ?? []).map(reduce), clean);
      const at = wanted.findIndex((state, i) => state !== got[i]);
      if (at >= 0)
        return `${symbol}, state ${at + 1} of ${wanted.length}: ${describe([wanted[at] ?? ''], got.slice(at, at + 1))}`;
      if (got.length > wanted.length) return `${symbol}: surplus ${got[wanted.length]}`;
    }
    return undefined;
  }

  private async judgeFinal(): Promise<string | undefined> {
    if (this.scenario.stability?.finalSame === false) return undefined;
    const got: string[] = [];
    // Of scenarios about Nodes only some kinds were kept.
    const kept = new Set(this.scenario.final.map(({ kind }) => kind));
    const partial = this.scenario.id.startsWith('node-');
    for (const resource of KINDS.filter(({ kind }) => !partial || kept.has(kind))) {
      const { items } = await this.stage.client.list<KubeObject>(resource, { namespace: NAMESPACE });
      for (const item of items) {
        if (item.metadata.name !== 'kube-root-ca.crt')
          got.push(this.clean(normaliseObject(item, NAMESPACE, this.generatedNames())));
      }
    }
    const kinds = new Set(KINDS.map(({ kind }) => kind));
    const wanted = this.scenario.final
      .filter(({ kind, metadata }) => kinds.has(kind) && metadata.name !== 'kube-root-ca.crt')
      .map((object) => normaliseObject(object, NAMESPACE, []));
    return setDifference(wanted, got);
  }
}

function setDifference(wanted: readonly string[], got: readonly string[]): string | undefined {
  const left = [...got];
  const missing: string[] = [];
  for (const text of wanted) {
    const at = left.indexOf(text);
    if (at < 0) missing.push(text);
    else left.splice(at, 1);
  }
  if (missing.length === 0 && left.length === 0) return undefined;
  return describe(missing, left);
}

/** Texts of the same beginning are shown where they part. */
function describe(missing: readonly string[], surplus: readonly string[]): string {
  const [first = ''] = missing;
  const alike = (other: string) => [...first].findIndex((char, i) => other[i] !== char);
  const [closest] = [...surplus].sort((a, b) => alike(b) - alike(a));
  if (closest === undefined || first === '' || alike(closest) < 20) {
    return `missing ${JSON.stringify(missing)} surplus ${JSON.stringify(surplus)}`;
  }
  const at = Math.max(0, alike(closest) - 60);
  return `${missing.length} missing, ${surplus.length} surplus: expected …${first.slice(at, at + 160)}… got …${closest.slice(at, at + 160)}… (${first.slice(0, 60)})`;
}
