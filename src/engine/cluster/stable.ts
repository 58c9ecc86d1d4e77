/**
 * What a cluster leaves when the power goes, and starts from when it comes back. A reload of the page is a power cut of the whole site:
 * disks stay, processes start again over them, and time goes on from the instant of the cut.
 */
import type { ChangeLog, Ledger, Millis, Saved } from '#engine/sim';
import type { Input } from './input.ts';
import type { MachineSpec } from './machine-spec.ts';
import type { StandingFault } from './standing-faults.ts';

/** The disk of the whole site. */
export interface SiteDisk {
  /** Where everything that survives is written down. */
  readonly ledger?: ChangeLog;
  /** What lies there from before. */
  readonly saved?: Saved;
}

interface Plan {
  readonly boots: number;
  readonly addresses: number;
  readonly bootstrapped: boolean;
  readonly stagedAt?: Millis;
}

interface StoredMachine {
  readonly order: number;
  readonly spec: MachineSpec;
}

/** The site's own page of the disk: the clock, the machines, what is broken on purpose, and what came in from outside. */
export class SiteRecord {
  readonly boots: number;
  readonly saved: Saved | undefined;
  /** kubeadm has done its work: what it applied is never applied again. */
  bootstrapped: boolean;
  /** Since when everything that the options ask for is there. */
  stagedAt: Millis | undefined;
  /** Addresses of machines given so far. */
  addresses: number;
  private order = 0;
  private readonly ledger: Ledger | undefined;

  constructor({ ledger, saved }: SiteDisk) {
    this.ledger = ledger?.section('site');
    this.saved = saved?.section('site');
    const plan = this.saved?.get('plan') as Plan | undefined;
    this.boots = plan ? plan.boots + 1 : 0;
    this.bootstrapped = plan?.bootstrapped ?? false;
    this.stagedAt = plan?.stagedAt;
    this.addresses = plan?.addresses ?? 1;
    this.notePlan();
  }

  /** The instant of the cut. */
  get cutAt(): Millis | undefined {
    return this.saved?.get('now') as Millis | undefined;
  }

  /** In the order in which they were bought. */
  machines(): readonly MachineSpec[] {
    const section = this.saved?.section('machine');
    const stored = Array.from(section?.keys() ?? [], (name) => section?.get(name) as StoredMachine);
    return stored.sort((a, b) => a.order - b.order).map(({ spec }) => spec);
  }

  faults(): readonly StandingFault[] {
    return (this.saved?.get('faults') as readonly StandingFault[] | undefined) ?? [];
  }

  noteNow(now: Millis): void {
    this.ledger?.put('now', () => now);
  }

  notePlan(): void {
    this.ledger?.put(
      'plan',
      (): Plan => ({
        boots: this.boots,
        addresses: this.addresses,
        bootstrapped: this.bootstrapped,
        ...(this.stagedAt !== undefined && { stagedAt: this.stagedAt }),
      }),
    );
  }

  noteMachine(spec: MachineSpec): void {
    const stored: StoredMachine = { order: this.order++, spec };
    this.ledger?.section('machine').put(spec.name, () => stored);
  }

  forgetMachine(name: string): void {
    this.ledger?.section('machine').remove(name);
  }

  noteFaults(list: () => readonly StandingFault[]): void {
    this.ledger?.put('faults', list);
  }

  /** Where the journal is kept. */
  get journal(): Ledger | undefined {
    return this.ledger?.section('journal');
  }

  get savedJournal(): Saved | undefined {
    return this.saved?.section('journal');
  }
}

/** What a journal says of a power cut. */
export const POWER_CYCLE: Input = { type: 'power-cycle' };
