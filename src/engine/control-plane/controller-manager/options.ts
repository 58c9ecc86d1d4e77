/** What kube-controller-manager's flags say. */
import type * as Cel from '#engine/cel';
import type { Client } from '#engine/client-go';
import type { Millis } from '#engine/sim';
import type { HaltedControllers } from './halting/index.ts';

/** Upstream's flags by their names; absent ones have upstream's defaults. */
export interface ControllerManagerOptions {
  /** `--controllers`: names as upstream's (`deployment-controller`). Absent: all. */
  readonly controllers?: readonly string[];
  /** `--leader-elect`, default true. */
  readonly leaderElect?: boolean;
  /** Host name for the leader's identity. */
  readonly identity?: string;
  /** A client per controller, for their user agents. Absent: all share one. */
  readonly clientFor?: (name: string) => Client;
  /** Brings CEL, for those who read expressions. Absent: policies are not type-checked. */
  readonly cel?: () => Promise<typeof Cel>;
  /** Controllers that are stopped for a while, by upstream's names: a fault, no flag. */
  readonly halted?: HaltedControllers;
  /** `--cluster-cidr`, default `10.244.0.0/16`. */
  readonly clusterCidr?: string;
  /** `--allocate-node-cidrs`, default true. */
  readonly allocateNodeCidrs?: boolean;
  /** `--node-cidr-mask-size`, default 24. */
  readonly nodeCidrMaskSize?: number;
  /** `--root-ca-file`: what the `kube-root-ca.crt` ConfigMaps hold. */
  readonly rootCa?: string;
  /** `--cluster-signing-cert-file` and `--cluster-signing-key-file`, PEM. Absent: no request for a certificate is signed. */
  readonly clusterSigning?: { readonly certificate: string; readonly key: string };
  /** `--node-monitor-period`, default 5 s. */
  readonly nodeMonitorPeriodMs?: Millis;
  /** `--node-monitor-grace-period`, default 50 s. */
  readonly nodeMonitorGracePeriodMs?: Millis;
  /** `--node-startup-grace-period`, default 60 s. */
  readonly nodeStartupGracePeriodMs?: Millis;
  /** `--pvclaimbinder-sync-period`, default 15 s. */
  readonly pvClaimBinderSyncPeriodMs?: Millis;
  /** `--horizontal-pod-autoscaler-sync-period`, default 15 s. */
  readonly horizontalPodAutoscalerSyncPeriodMs?: Millis;
  /** `--terminated-pod-gc-threshold`, default 12500. */
  readonly terminatedPodGcThreshold?: number;
}
