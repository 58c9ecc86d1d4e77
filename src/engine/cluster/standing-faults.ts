/** What is broken at the moment, on purpose: each entry can be taken back. */
import type { Millis } from '#engine/sim';
import type { Fault } from './input.ts';

/** A fault that lasts, with what undoes it. */
export interface StandingFault {
  readonly fault: Fault;
  readonly since: Millis;
  readonly undo: Fault;
}

interface Effect {
  /** What is broken: a later fault of the same thing replaces the earlier one. */
  readonly subject: string;
  /** Absent: this fault mends. */
  readonly undo?: Fault;
}

const link = (between: readonly [string, string]): string => [...between].sort().join(' ');

/** What a fault leaves behind; undefined when it leaves nothing that could be taken back. */
function effectOf(fault: Fault): Effect | undefined {
  switch (fault.do) {
    case 'node.crash':
      return { subject: `node ${fault.node}`, undo: { do: 'node.recover', node: fault.node } };
    case 'node.remove':
      return { subject: `node ${fault.node}`, undo: { do: 'node.add', node: fault.node } };
    case 'node.recover':
    case 'node.add':
      return { subject: `node ${fault.node}` };
    case 'container.kill':
      return undefined;
    case 'link.cut':
    case 'link.slow':
    case 'link.lose':
      return {
        subject: `${fault.do} ${link(fault.between)}`,
        undo: { do: 'link.heal', between: fault.between },
      };
    case 'link.heal':
      return { subject: link(fault.between) };
    case 'image.unavailable':
      return { subject: `image ${fault.image}`, undo: { do: 'image.available', image: fault.image } };
    case 'image.available':
      return { subject: `image ${fault.image}` };
    case 'controller.pause':
      return { subject: `controller ${fault.controller}`, undo: { ...fault, do: 'controller.resume' } };
    case 'controller.resume':
      return { subject: `controller ${fault.controller}` };
    case 'clock.skew':
      return fault.skewMs === 0
        ? { subject: `clock ${fault.node}` }
        : { subject: `clock ${fault.node}`, undo: { ...fault, skewMs: 0 } };
    case 'disk.fill':
      return { subject: `disk ${fault.node}`, undo: { ...fault, do: 'disk.free' } };
    case 'disk.free':
      return { subject: `disk ${fault.node}` };
  }
}

/** Kept as faults are applied. Plain data: may be saved and brought back. */
export class StandingFaults {
  private readonly bySubject = new Map<string, StandingFault>();
  private readonly listeners = new Set<() => void>();

  /** Told after every change. @returns ends it */
  watch(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => {
      this.listeners.delete(changed);
    };
  }

  list(): readonly StandingFault[] {
    return [...this.bySubject.values()];
  }

  /** Takes over what stood in a saved cluster; the faults themselves are somebody else's to apply. */
  restore(faults: readonly StandingFault[]): void {
    for (const standing of faults) {
      const effect = effectOf(standing.fault);
      if (effect) this.bySubject.set(effect.subject, standing);
    }
    this.tell();
  }

  /** A fault was applied. */
  note(fault: Fault, now: Millis): void {
    const effect = effectOf(fault);
    if (!effect) return;
    if (fault.do === 'link.heal') {
      for (const kind of ['link.cut', 'link.slow', 'link.lose']) this.bySubject.delete(`${kind} ${effect.subject}`);
    } else if (effect.undo) this.bySubject.set(effect.subject, { fault, since: now, undo: effect.undo });
    else this.bySubject.delete(effect.subject);
    if ('node' in fault && (fault.do === 'node.remove' || fault.do === 'node.add')) {
      // A machine that goes takes what was wrong with it along.
      for (const kind of ['clock', 'disk']) this.bySubject.delete(`${kind} ${fault.node}`);
    }
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
