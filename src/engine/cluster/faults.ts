/** Breaking things on purpose. The consequences are the engine's: nothing here scripts them. */
import { controllerNames } from '#engine/control-plane/controller-manager/halting';
import type { Fault } from './input.ts';
import type { NodeMachine } from './node-machine.ts';
import type { Site } from './site.ts';

/** What faults act on. */
export interface Plant {
  readonly site: Site;
  machine(name: string): NodeMachine;
  addMachine(name: string): void;
  removeMachine(name: string): void;
  readonly unavailableImages: Set<string>;
}

/** Throws when the fault names something that is not there. */
export function applyFault(plant: Plant, fault: Fault): void {
  const { fabric } = plant.site;
  switch (fault.do) {
    case 'node.crash':
      plant.machine(fault.node).crash();
      return;
    case 'node.recover':
      plant.machine(fault.node).start();
      return;
    case 'node.add':
      plant.addMachine(fault.node);
      return;
    case 'node.remove':
      plant.removeMachine(fault.node);
      return;
    case 'container.kill':
      killContainer(plant, fault);
      return;
    case 'link.cut':
      fabric.cut(...fault.between);
      return;
    case 'link.slow':
      fabric.slow(...fault.between, fault.extraMs);
      return;
    case 'link.lose':
      fabric.lose(...fault.between, fault.probability);
      return;
    case 'link.heal':
      fabric.heal(...fault.between);
      return;
    case 'image.unavailable':
      plant.unavailableImages.add(fault.image);
      return;
    case 'image.available':
      plant.unavailableImages.delete(fault.image);
      return;
    case 'controller.pause':
      plant.site.halted.halt(knownController(fault.controller));
      return;
    case 'controller.resume':
      plant.site.halted.resume(knownController(fault.controller));
      return;
    case 'clock.skew':
      plant.machine(fault.node).skewMs = fault.skewMs;
      return;
    case 'disk.fill':
      plant.machine(fault.node).runtime.fillDisk(true);
      return;
    case 'disk.free':
      plant.machine(fault.node).runtime.fillDisk(false);
      return;
  }
}

function knownController(name: string): string {
  if (!controllerNames.some((known) => known === name)) throw new Error(`no such controller: ${name}`);
  return name;
}

function killContainer(plant: Plant, fault: Extract<Fault, { do: 'container.kill' }>): void {
  for (const network of plant.site.fabric.nodes()) {
    if (plant.machine(network.name).runtime.killContainers(fault.namespace, fault.pod, fault.container)) return;
  }
  throw new Error(`no running container of ${fault.namespace}/${fault.pod}`);
}
