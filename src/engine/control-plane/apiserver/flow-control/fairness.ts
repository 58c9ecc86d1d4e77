/**
 * Priority and fairness: a request begins when its priority level has a seat for it, waits in a queue of its flow, or is sent away. Most requests
 * take no virtual time, so seats are held by those that wait for somebody: webhooks, extension servers, kubelets.
 * @upstream staging/src/k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go, apf_filter.go
 */
import {
  type PriorityLevelConfiguration,
  type PriorityLevelConfigurationSpec,
  priorityLevelConfigurations,
} from '#engine/api';
import { type Etcd, prefixRange } from '#engine/control-plane/etcd';
import type { Millis, World } from '#engine/sim';
import type { Stores } from '../endpoints/endpoint.ts';
import { mandatoryPriorityLevels } from '../registry/flowcontrol/mandatory.ts';
import type { RequestInfo } from '../request-info.ts';
import { prefixOf } from '../storage/prefix.ts';
import type { UserInfo } from '../user-info.ts';
import type { WalkFlow } from '../walk.ts';
import { Level, type Queue, type Ticket } from './queues.ts';

/** `--max-requests-inflight` and `--max-mutating-requests-inflight` together. */
const SERVER_SEATS = 600;
/** A quarter of `--request-timeout`. */
const WAIT_LIMIT_MS = 15_000;

/** Why a request was sent away; as upstream's metrics have it. */
type Rejection = 'concurrency-limit' | 'queue-full' | 'time-out';

export interface Seat {
  /** Index of the queue it waited in; absent for who did not wait. */
  readonly queue?: number;
  readonly waitedMs: Millis;
  /** The request is over. */
  free(): void;
}

export interface Fairness {
  /** Where the request may begin; undefined when it needs no seat. */
  seatFor(flow: WalkFlow, user: UserInfo, info: RequestInfo): Seat | Rejection | Promise<Seat | Rejection> | undefined;
  /** Every level's state; without queues for those that are exempt. */
  levels(): ReadonlyMap<string, Level | undefined>;
}

/** @fidelity partial: every request takes one seat (long lists and writes that many watch take more upstream), seats are lent at once, not every ten seconds, and a queue is charged only for what waited in it */
export function createFairness(world: World, stores: Stores, etcd: Etcd, signal: AbortSignal | undefined): Fairness {
  const levels = new Map<string, Level | undefined>();
  let isStale = true;
  const stop = etcd.watch(prefixRange(prefixOf(priorityLevelConfigurations)), 0, () => {
    isStale = true;
  });
  signal?.addEventListener('abort', stop, { once: true });
  const current = () => {
    if (isStale) configure(levels, stores);
    isStale = false;
    return levels;
  };
  const dispatch = () => {
    for (const level of levels.values()) while (level && level.waiting > 0 && hasSeat(level, levels)) level.dispatch();
  };
  const free = (level: Level, queue: Queue | undefined, tookMs: Millis) => {
    level.free(queue, tookMs);
    dispatch();
  };
  /** The seat of whoever did not wait: one for all of a level, since no queue is charged for it. */
  const seats = new WeakMap<Level, Seat>();
  const atOnce = (level: Level): Seat => {
    let seat = seats.get(level);
    if (!seat) {
      seat = { waitedMs: 0, free: () => free(level, undefined, 0) };
      seats.set(level, seat);
    }
    return seat;
  };
  const wait = (level: Level, queue: Queue, request: Omit<Ticket, 'begin'>): Promise<Seat | Rejection> =>
    new Promise((resolve) => {
      const giveUp = () => {
        level.leave(queue, ticket);
        resolve('time-out');
      };
      const timer = world.clock.after(WAIT_LIMIT_MS, 'apiserver.flow-control.wait', giveUp);
      const begin = () => {
        timer.cancel();
        const began = world.clock.now();
        const waitedMs = began - request.arrived;
        resolve({ queue: queue.index, waitedMs, free: () => free(level, queue, world.clock.now() - began) });
      };
      const ticket: Ticket = { ...request, begin };
      level.wait(queue, ticket);
    });
  return {
    levels: current,
    seatFor(flow, user, info) {
      const level = current().get(flow.priorityLevel);
      if (!level) return undefined;
      if (level.waiting === 0 && hasSeat(level, levels)) {
        level.seat(undefined);
        return atOnce(level);
      }
      const distinguisher = distinguish(flow, user, info);
      const queue = level.queueFor(flow.flowSchema, distinguisher);
      if (!queue || level.isFull(queue)) {
        return queue ? 'queue-full' : 'concurrency-limit';
      }
      const { username } = user;
      return wait(level, queue, {
        flowSchema: flow.flowSchema,
        distinguisher,
        username,
        info,
        arrived: world.clock.now(),
      });
    },
  };
}

const distinguish = ({ distinguisherMethod }: WalkFlow, { username }: UserInfo, { namespace }: RequestInfo): string => {
  if (distinguisherMethod === 'ByUser') return username;
  return distinguisherMethod === 'ByNamespace' ? namespace : '';
};

/** Levels as they are stored now; those that stay keep their requests. */
function configure(levels: Map<string, Level | undefined>, stores: Stores): void {
  const specs = new Map<string, PriorityLevelConfigurationSpec>(Object.entries(mandatoryPriorityLevels));
  for (const { value } of stores.of<PriorityLevelConfiguration>(priorityLevelConfigurations).storage.list()) {
    if (value.spec) specs.set(value.metadata.name, value.spec);
  }
  const sharesOf = ({ limited, exempt }: PriorityLevelConfigurationSpec): number =>
    limited ? (limited.nominalConcurrencyShares ?? 30) : (exempt?.nominalConcurrencyShares ?? 0);
  const total = [...specs.values()].reduce((sum, spec) => sum + sharesOf(spec), 0);
  for (const name of levels.keys()) if (!specs.has(name)) levels.delete(name);
  for (const [name, spec] of specs) {
    const { limited } = spec;
    if (!limited) {
      levels.set(name, undefined);
      continue;
    }
    const nominal = Math.ceil((SERVER_SEATS * sharesOf(spec)) / total);
    const part = (percent: number) => Math.round((nominal * percent) / 100);
    const { lendablePercent = 0, borrowingLimitPercent } = limited;
    const most = nominal + (borrowingLimitPercent === undefined ? SERVER_SEATS : part(borrowingLimitPercent));
    const seats = { nominal, least: nominal - part(lendablePercent), most };
    const level = levels.get(name);
    if (level) level.configure(limited, seats);
    else levels.set(name, new Level(limited, seats));
  }
}

/** Its own seats as far as they are not lent, and beyond them what others have to lend. */
function hasSeat(level: Level, levels: ReadonlyMap<string, Level | undefined>): boolean {
  const { executing, seats } = level;
  if (executing < seats.least) return true;
  if (executing >= seats.most) return false;
  let spare = 0;
  for (const each of levels.values()) {
    if (!each) continue;
    const { nominal, least } = each.seats;
    spare +=
      each.executing > nominal
        ? nominal - each.executing
        : each === level
          ? 0
          : nominal - Math.max(least, each.executing);
  }
  return spare + Math.max(0, seats.nominal - executing) > 0;
}
