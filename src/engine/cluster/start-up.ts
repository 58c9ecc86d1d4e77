/** How a cluster comes up: for the first time, as `kubeadm init` does it, or again after a power cut. */
import type { Client } from '#engine/client-go';
import type { Millis, Saved } from '#engine/sim';
import { bootstrap, untilAnswers, untilLed, untilReady } from './bootstrap.ts';
import { type ComponentProcess, runApiServer, runKubeScheduler, runManager } from './components.ts';
import type { Fault } from './input.ts';
import type { MachineRoom } from './machine-room.ts';
import type { NodeMachine } from './node-machine.ts';
import { podNetworkOf } from './options.ts';
import { CONTROL_PLANE, type Site } from './site.ts';
import type { SiteRecord } from './stable.ts';
import { enableMetricsServer, type Stage, setStage, startAllTraffic } from './stage.ts';
import type { Workstation } from './workstation.ts';

export interface StartUpParts {
  readonly site: Site;
  readonly room: MachineRoom;
  readonly record: SiteRecord;
  readonly admin: Client;
  readonly workstation: Workstation;
  readonly signal: AbortSignal;
  readonly guard: (promise: Promise<unknown>) => void;
  readonly changedAt: () => Millis;
}

export class StartUp {
  /** The API answers and everything that the options ask for has been there. */
  ready = false;
  /** False after a power cut, until controllers and scheduler lead again. */
  awake = true;

  constructor(private readonly parts: StartUpParts) {}

  /** Switches everything on, for the first time or again. */
  async power(): Promise<void> {
    const { site, room, guard } = this.parts;
    const { saved } = site.disk;
    if (saved) {
      await this.again(saved);
      return;
    }
    const count = site.options.nodes ?? 2;
    if (this.hollow) this.startBesides();
    room.furnish(count);
    guard(this.boot(count));
  }

  private get hollow(): boolean {
    return this.parts.site.options.shape === 'hollow';
  }

  private async boot(count: number): Promise<void> {
    const { site, admin, record, signal } = this.parts;
    const { world, options } = site;
    if (!this.hollow && !record.bootstrapped)
      await bootstrap(world, admin, CONTROL_PLANE, podNetworkOf(options), signal);
    record.bootstrapped = true;
    record.notePlan();
    await untilReady(world, admin, count, !this.hollow, signal);
    if (!this.hollow && options.addons?.includes('metrics-server')) await enableMetricsServer(this.stage);
    await this.prepare();
    this.ready = true;
  }

  private async again(saved: Saved): Promise<void> {
    const { room, guard } = this.parts;
    const machines = await room.refurnish(saved);
    if (this.hollow) this.startBesides();
    this.awake = false;
    guard(this.wake(machines));
  }

  /** The control plane's machine is switched on first, the others when its API answers or it takes too long. */
  private async wake(machines: readonly NodeMachine[]): Promise<void> {
    const { site, admin, signal, record } = this.parts;
    const first = machines.filter(({ spec }) => spec.name === CONTROL_PLANE);
    for (const machine of first) machine.start();
    if (first.length > 0 || this.hollow) await untilAnswers(site.world, admin, signal);
    if (signal.aborted) return;
    this.ready = record.stagedAt !== undefined;
    for (const machine of machines) machine.start();
    if (this.ready) {
      startAllTraffic(this.stage, site.options.scenario ?? {});
      this.armFaults();
      await untilLed(site.world, admin, signal);
    } else await this.boot(machines.length);
    this.awake = true;
  }

  private get stage(): Stage {
    const { site, admin, workstation, signal, guard, changedAt } = this.parts;
    return { site, admin, workstation, signal, guard, changedAt };
  }

  /** The scenario of the options. */
  private async prepare(): Promise<void> {
    const { site, record } = this.parts;
    const { scenario } = site.options;
    if (scenario) await setStage(this.stage, scenario);
    record.stagedAt = site.world.clock.now();
    record.notePlan();
    this.armFaults();
  }

  /** The scenario's faults that are still to come, counted from when everything was there. */
  private armFaults(): void {
    const { site, record, room } = this.parts;
    const { clock } = site.world;
    if (record.stagedAt === undefined) return;
    for (const { atMs, fault } of site.options.scenario?.faults ?? []) {
      const due = record.stagedAt + atMs - clock.now();
      if (due > 0 || record.boots === 0)
        clock.after(Math.max(0, due), `scenario: ${fault.do}`, () => room.apply(fault as Fault));
    }
  }

  /** The control plane of a hollow cluster: processes on a machine that is no Node. */
  private startBesides(): void {
    const { site, signal, guard } = this.parts;
    const { fabric, world, apiAddress } = site;
    const machine = fabric.addOutside({ name: CONTROL_PLANE, addresses: [apiAddress] });
    const process: ComponentProcess = { ...world, net: machine.net, hostname: CONTROL_PLANE, killed: signal };
    guard(site.etcd.run(signal));
    const scheduling = site.options.bare ? [] : [runKubeScheduler];
    for (const run of [runApiServer, runManager, ...scheduling]) guard(run(site, process));
  }
}
