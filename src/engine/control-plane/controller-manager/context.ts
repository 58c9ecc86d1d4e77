/** What every controller is started with. */
import { type Client, createEventRecorder, type EventRecorder, type InformerFactory } from '#engine/client-go';
import type { Millis, World } from '#engine/sim';
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

/** How long a key of most controllers rests before it is worked on: what a real sync and its requests take. */
export const SETTLE_MS = 5;

/**
 * The same for controllers whose syncs look at every replica: the more there are, the longer a real sync takes and the more it gathers.
 * Few replicas are seen one by one, a thousand in some twenty steps.
 */
export const settleForReplicas = (replicas: number): Millis => Math.min(2 + Math.floor(replicas / 25), 50);
