/** What only the host of a cluster can see: what the learner types and opens, how traffic fares. A real cluster shows none of it. */
import type { Millis, TraceEvent } from '#engine/sim';
import type { TrafficCount, TypedCommand, Visit } from './view.ts';

export type Observed = 'commands' | 'visits' | 'traffic';

export interface Observations {
  commands(): readonly TypedCommand[];
  visits(): readonly Visit[];
  traffic(target: string): TrafficCount;
}

const NO_TRAFFIC: TrafficCount = { sent: 0, failed: 0 };

export const NOTHING_OBSERVED: Observations = { commands: () => [], visits: () => [], traffic: () => NO_TRAFFIC };

const KEPT = 1000;

interface CommandDetail extends Omit<TypedCommand, 'host'> {
  readonly hostname: string;
  readonly startedAt: Millis;
}

interface VisitDetail {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
}

/** A command with the instants of its Enter and of its end. */
export interface TimedCommand extends TypedCommand {
  readonly startedAt: Millis;
  readonly endedAt: Millis;
}

/** Reads a cluster's trace from its beginning. */
export class Observer implements Observations {
  private typed: readonly TimedCommand[] = [];
  private opened: readonly Visit[] = [];
  private readonly counts = new Map<string, TrafficCount>();

  /** What the event has changed, if anything. */
  see({ at, type, detail }: TraceEvent): Observed | undefined {
    if (type === 'shell.command') {
      const { line, code, hostname: host, startedAt } = detail as CommandDetail;
      this.typed = [...this.typed, { line, code, host, startedAt, endedAt: at }].slice(-KEPT);
      return 'commands';
    }
    if (type === 'browser.visit') {
      const { method, url, status = 0 } = detail as VisitDetail;
      this.opened = [...this.opened, { method, url, status }].slice(-KEPT);
      return 'visits';
    }
    if (type !== 'traffic.result') return undefined;
    const { to, ok } = detail as { readonly to: string; readonly ok: boolean };
    const { sent, failed } = this.traffic(to);
    this.counts.set(to, { sent: sent + 1, failed: failed + (ok ? 0 : 1) });
    return 'traffic';
  }

  commands(): readonly TimedCommand[] {
    return this.typed;
  }

  visits(): readonly Visit[] {
    return this.opened;
  }

  traffic(target: string): TrafficCount {
    return this.counts.get(target) ?? NO_TRAFFIC;
  }
}
