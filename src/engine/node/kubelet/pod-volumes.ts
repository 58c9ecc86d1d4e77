/** The volumes of one Pod: made before the first container, retried with growing delays, refreshed while it runs. */
import type { Pod, Volume as VolumeSpec } from '#engine/api';
import type { Millis } from '#engine/sim';
import { type KubeletContext, podEvent } from './context.ts';
import { MountError, type MountedVolume } from './node-directory.ts';
import { followsObject, mountVolume, type VolumeContext } from './volumes.ts';

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;

export class PodVolumes {
  readonly mounted = new Map<string, MountedVolume>();
  private retryMs: Millis = 0;

  constructor(private readonly context: KubeletContext) {}

  /** True when some volume follows a ConfigMap or Secret, so that the Pod is looked at now and then. */
  static refreshes(pod: Pod): boolean {
    return (pod.spec.volumes ?? []).some(followsObject);
  }

  /** Mounts what is missing. Undefined when all is mounted, else how long to wait before the next try, ms. */
  async mountAll(pod: Pod): Promise<Millis | undefined> {
    let failed = false;
    for (const spec of pod.spec.volumes ?? []) {
      if (this.mounted.has(spec.name) || (this.context.options.hollow && !followsObject(spec))) continue;
      failed = !(await this.mount(pod, spec)) || failed;
      if (this.context.signal.aborted) return undefined;
    }
    if (!failed) {
      this.retryMs = 0;
      return undefined;
    }
    this.retryMs = this.retryMs === 0 ? FIRST_RETRY_MS : Math.min(this.retryMs * 2, MAX_RETRY_MS);
    return this.retryMs;
  }

  /** Writes what changed in ConfigMaps and Secrets. */
  async refresh(pod: Pod): Promise<void> {
    for (const spec of pod.spec.volumes ?? []) {
      if (followsObject(spec) && this.mounted.has(spec.name)) await this.mount(pod, spec);
      if (this.context.signal.aborted) return;
    }
  }

  private async mount(pod: Pod, spec: VolumeSpec): Promise<boolean> {
    const { context } = this;
    const volumes: VolumeContext = {
      clock: context.world.clock,
      runtime: context.runtime,
      reader: context.reader,
      nodeAddresses: context.options.addresses,
      allocatable: context.allocatable,
    };
    try {
      this.mounted.set(spec.name, await mountVolume(volumes, pod, spec, this.mounted.get(spec.name)));
      return true;
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      if (!context.signal.aborted) podEvent(context, pod, 'Warning', 'FailedMount', error.message);
      return false;
    }
  }
}
