/** What a cluster finds when it starts, besides its control plane: a lesson's world. */
import type { Millis } from '#engine/sim';
import type { ScriptedImage } from '#engine/userland';

export interface Scenario {
  /** Files in the learner's home, by path. */
  readonly files?: { readonly [path: string]: string };
  /** Manifests applied in order before the cluster is ready. */
  readonly apply?: readonly string[];
  /** Images made of data, by reference. */
  readonly images?: { readonly [reference: string]: ScriptedImage };
  readonly traffic?: readonly Traffic[];
  /** Counted from the instant the cluster is ready. */
  readonly faults?: readonly { readonly atMs: Millis; readonly fault: { readonly do: string } }[];
  /** The cluster is ready only when its Pods have stopped changing. */
  readonly settled?: boolean;
}

/** A client that asks a Service again and again. */
export interface Traffic {
  readonly from: string;
  /** `svc/web`, `svc/web:8080`, `svc/web:8080/path` */
  readonly to: string;
  readonly namespace: string;
  /** Requests per second. */
  readonly rps: number;
}
