/** The machines of a site, and what is broken on purpose. */
import type { Saved } from '#engine/sim';
import { applyFault, type Plant } from './faults.ts';
import type { Fault } from './input.ts';
import type { MachineSpec } from './machine-spec.ts';
import { NodeMachine } from './node-machine.ts';
import { CONTROL_PLANE, nodeAddress, type Site } from './site.ts';
import type { SiteRecord } from './stable.ts';
import { StandingFaults } from './standing-faults.ts';

export class MachineRoom implements Plant {
  readonly machines = new Map<string, NodeMachine>();
  readonly faults = new StandingFaults();

  constructor(
    readonly site: Site,
    private readonly record: SiteRecord,
    readonly unavailableImages: Set<string>,
  ) {
    this.faults.watch(() => record.noteFaults(() => this.faults.list()));
  }

  /** The first machines, as many as the options say, switched on. */
  furnish(count: number): void {
    const hollow = this.site.options.shape === 'hollow';
    for (let i = 0; i < count; i++) this.addMachine(hollow ? `node-${i + 1}` : i === 0 ? CONTROL_PLANE : `node-${i}`);
  }

  /** The machines of before a power cut, with their disks and with what was wrong with them; switched off. Answers with those that have power. */
  async refurnish(saved: Saved): Promise<readonly NodeMachine[]> {
    const nodes = saved.section('node');
    for (const spec of this.record.machines()) this.place(spec, nodes.section(spec.name));
    await Promise.all([...this.machines.values()].map(({ runtime }) => runtime.ready));
    this.faults.restore(this.record.faults());
    const crashed = new Set<string>();
    for (const { fault } of this.faults.list()) {
      if (fault.do === 'node.crash') crashed.add(fault.node);
      else if (fault.do !== 'node.remove') applyFault(this, fault);
    }
    return [...this.machines.values()].filter(({ spec }) => !crashed.has(spec.name));
  }

  addMachine(name: string): void {
    if (this.machines.has(name)) throw new Error(`node ${name} is already there`);
    const { options, apiAddress } = this.site;
    const extra = options.shape === 'hollow' ? options.hollowNode?.(this.machines.size) : undefined;
    const address = name === CONTROL_PLANE ? apiAddress : nodeAddress(this.record.addresses++);
    this.record.notePlan();
    this.place({ name, address, ...extra }).start();
  }

  removeMachine(name: string): void {
    const machine = this.machine(name);
    machine.crash();
    machine.scrap();
    this.site.fabric.removeNode(name);
    this.machines.delete(name);
    this.record.forgetMachine(name);
    this.site.hosts.delete(name);
  }

  /** Throws when there is none of that name. */
  machine(name: string): NodeMachine {
    const machine = this.machines.get(name);
    if (!machine) throw new Error(`no such node: ${name}`);
    return machine;
  }

  /** Breaks or mends something. Throws when the fault names something that is not there. */
  apply(fault: Fault): void {
    const { clock, trace } = this.site.world;
    applyFault(this, fault);
    trace.emit('fault', fault);
    this.faults.note(fault, clock.now());
  }

  private place(spec: MachineSpec, saved?: Saved): NodeMachine {
    const machine = new NodeMachine(this.site, spec, saved);
    this.machines.set(spec.name, machine);
    this.site.hosts.set(spec.name, [spec.address]);
    this.record.noteMachine(spec);
    return machine;
  }
}
