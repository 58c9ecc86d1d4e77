/** What a kubelet says it did with a Pod and why, type by type. Probes speak when their verdict turns, not each time they ask. */
import type { Pod } from '#engine/api';
import type { Millis, World } from '#engine/sim';
import type { ProbeKind } from './types.ts';

interface OfPod {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
}

interface OfContainer extends OfPod {
  readonly container: string;
}

/** By trace type. `cri.started` and `cri.exited` are the runtime's and tell the rest. */
export interface KubeletTraces {
  /** A pull begins, or waits for the one before it. */
  readonly 'kubelet.pull': OfPod & { readonly image: string };
  readonly 'kubelet.pulled': OfPod & { readonly image: string; readonly ms: Millis; readonly bytes: number };
  readonly 'kubelet.pull-failed': OfPod & {
    readonly image: string;
    readonly message: string;
    readonly retryAt: Millis;
  };
  /** A probe began to succeed or to fail, or reached its threshold. */
  readonly 'kubelet.probe': OfContainer & {
    readonly kind: ProbeKind;
    readonly ok: boolean;
    readonly output: string;
    /** The verdict turned; otherwise it is the first of a run. */
    readonly verdict: boolean;
  };
  /** A container that ended has to wait. */
  readonly 'kubelet.back-off': OfContainer & { readonly delayMs: Millis; readonly until: Millis };
  /** The kubelet ends a container while its Pod stays. */
  readonly 'kubelet.kill': OfContainer & { readonly reason: string };
  /** The kubelet ends the Pod. */
  readonly 'kubelet.evict': OfPod & { readonly reason: string; readonly message: string };
}

/** Whose trace it is. */
export const ofPod = (node: string, { metadata }: Pod): OfPod => ({
  node,
  namespace: metadata.namespace ?? '',
  pod: metadata.name,
});

/** Says it. */
export const tell = <T extends keyof KubeletTraces>(
  { trace }: Pick<World, 'trace'>,
  type: T,
  detail: KubeletTraces[T],
): void => trace.emit(type, detail);
