/** What a Node's disk keeps for each Pod beside containers: its emptyDirs, and how often each container was tried. As /var/lib/kubelet/pods. */
import { createVolume, type Disk, type Volume } from '#engine/os';
import type { Clock, Ledger, Saved } from '#engine/sim';

type Attempts = { [container: string]: number };

export class PodDirectories {
  private readonly attempts = new Map<string, Attempts>();
  private readonly volumes = new Map<string, Map<string, Volume>>();

  constructor(
    private readonly clock: Clock,
    private readonly disk: Disk,
    private readonly ledger?: Ledger,
    saved?: Saved,
  ) {
    const attempts = saved?.section('attempts');
    for (const uid of attempts?.keys() ?? []) this.attempts.set(uid, attempts?.get(uid) as Attempts);
    const directories = saved?.section('emptydir');
    for (const name of directories?.names() ?? []) {
      const [uid = '', volume = ''] = name.split('/');
      this.open(uid, volume, directories?.section(name));
    }
  }

  /** A container is made: its restart count is remembered as long as the Pod is. */
  tried(podUid: string, container: string, attempt: number): void {
    this.attempts.set(podUid, { ...this.attempts.get(podUid), [container]: attempt });
    this.ledger?.section('attempts').put(podUid, () => this.attempts.get(podUid));
  }

  lastAttempt(podUid: string, container: string): number | undefined {
    return this.attempts.get(podUid)?.[container];
  }

  /** The Pod's emptyDir of that name, the same one until the Pod is forgotten. One in memory does not survive a power cut. */
  emptyDir(podUid: string, name: string, inMemory: boolean): Volume {
    return this.volumes.get(podUid)?.get(name) ?? this.open(podUid, name, undefined, inMemory);
  }

  /** The Pod is gone for good. */
  forget(podUid: string): void {
    if (this.attempts.delete(podUid)) this.ledger?.section('attempts').remove(podUid);
    for (const volume of this.volumes.get(podUid)?.values() ?? []) volume.discard();
    this.volumes.delete(podUid);
  }

  /** The machine lost power. */
  powerLost(): void {
    for (const volumes of this.volumes.values())
      for (const [name, volume] of volumes) if (volume.type === 'tmpfs') volumes.delete(name);
  }

  private open(podUid: string, name: string, saved?: Saved, inMemory = false): Volume {
    const ledger = inMemory ? undefined : this.ledger?.section('emptydir').section(`${podUid}/${name}`);
    const volume = createVolume(this.clock, {
      ...(inMemory ? { source: 'tmpfs', type: 'tmpfs' } : { source: '/dev/vda1', type: 'ext4', disk: this.disk }),
      ...(ledger && { ledger }),
      ...(saved && { saved }),
    });
    const volumes = this.volumes.get(podUid) ?? new Map<string, Volume>();
    this.volumes.set(podUid, volumes.set(name, volume));
    return volume;
  }
}
