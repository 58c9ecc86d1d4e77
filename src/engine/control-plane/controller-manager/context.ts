/** What every controller is started with. */
import { type Client, createEventRecorder, type EventRecorder, type InformerFactory } from '#engine/client-go';
import type { World } from '#engine/sim';
import type { ControllerManagerOptions } from './options.ts';

export interface ControllerContext {
  readonly world: World;
  readonly informers: InformerFactory;
  /** A client that says which controller is asking: `replicaset-controller`, `generic-garbage-collector` … */
  clientFor(name: string): Client;
  readonly options: ControllerManagerOptions;
  readonly signal: AbortSignal;
}

/** Starts a controller; it stops when the context's signal aborts. */
export type StartController = (context: ControllerContext) => void;

/** Records Events as `component`. */
export const recorderFor = (context: ControllerContext, client: Client, component: string): EventRecorder =>
  createEventRecorder(context.world, client, { component }, context.signal);

/**
 * How long a key of a workload controller rests before it is worked on. It stands for the milliseconds that a real sync and its
 * requests take, during which upstream's queue gathers what happens together.
 */
export const SETTLE_MS = 20;
