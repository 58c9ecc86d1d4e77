/** Makes sure a container's image is on the Node: policies, back-off, one pull at a time. @upstream pkg/kubelet/images/image_manager.go */
import type { Container, Pod } from '#engine/api';
import type { EventRecorder } from '#engine/client-go';
import { type ContainerRuntime, PullError, type StoredImage } from '#engine/node/cri';
import { InvalidReference } from '#engine/os';
import type { Millis, World } from '#engine/sim';
import { Backoff } from './backoff.ts';
import { ofPod, tell } from './traces.ts';
import { formatDuration, type StartFailure } from './types.ts';

const INITIAL_BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 300_000;

export interface EventTarget {
  readonly pod: Pod;
  /** `spec.containers{c}` */
  readonly fieldPath: string;
}

export type ImageOutcome = { readonly image: StoredImage } | { readonly failure: StartFailure };

/** @fidelity partial: pulls one image at a time; no pull secrets, no credential verification, no image volumes */
export class ImageManager {
  private readonly backoff: Backoff;
  /** The last error of an image for a Pod, shown again while backing off. */
  private readonly lastError = new Map<string, string>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly world: World,
    private readonly runtime: ContainerRuntime,
    private readonly recorder: EventRecorder,
    private readonly nodeName: string,
    private readonly signal: AbortSignal,
  ) {
    this.backoff = new Backoff(world.clock, INITIAL_BACKOFF_MS, MAX_BACKOFF_MS);
  }

  async ensure(
    target: EventTarget,
    container: Pick<Container, 'name' | 'image' | 'imagePullPolicy'>,
    signal: AbortSignal,
  ): Promise<ImageOutcome> {
    const reference = container.image ?? '';
    const policy = container.imagePullPolicy ?? 'IfNotPresent';
    let present: StoredImage | undefined;
    try {
      present = this.runtime.image(reference);
    } catch (error) {
      if (!(error instanceof InvalidReference)) throw error;
      return this.invalid(target, reference, error.message);
    }
    if (present && (policy !== 'Always' || this.runtime.hollow)) {
      this.event(
        target,
        'Normal',
        'Pulled',
        `Container image "${reference}" already present on machine and can be accessed by the pod`,
      );
      return { image: present };
    }
    if (policy === 'Never') {
      const message = `Container image "${reference}" is not present with pull policy of Never`;
      this.event(target, 'Warning', 'ErrImageNeverPull', message);
      return { failure: { reason: 'ErrImageNeverPull', message } };
    }
    return this.pull(target, reference, signal);
  }

  /** Forgets a Pod that is gone. */
  forget(podUid: string): void {
    this.backoff.forget(`${podUid}_`);
    for (const key of this.lastError.keys()) if (key.startsWith(`${podUid}_`)) this.lastError.delete(key);
  }

  private async pull(target: EventTarget, reference: string, signal: AbortSignal): Promise<ImageOutcome> {
    const key = `${target.pod.metadata.uid}_${reference}`;
    if (this.backoff.isInBackOff(key)) {
      const message = `Back-off pulling image "${reference}"`;
      this.event(target, 'Normal', 'BackOff', message);
      return {
        failure: { reason: 'ImagePullBackOff', message: `${message}: ErrImagePull: ${this.lastError.get(key) ?? ''}` },
      };
    }
    this.event(target, 'Normal', 'Pulling', `Pulling image "${reference}"`);
    const subject = { ...ofPod(this.nodeName, target.pod), image: reference };
    tell(this.world, 'kubelet.pull', subject);
    const asked = this.world.clock.now();
    let began = asked;
    const turn = this.queue.then(() => {
      began = this.world.clock.now();
      return this.runtime.images.pull(reference, this.signal);
    });
    this.queue = turn.catch(() => undefined);
    try {
      const image = await unlessAborted(turn, signal);
      if (!image) return { failure: { reason: 'ErrImagePull', message: 'context canceled' } };
      const now = this.world.clock.now();
      this.event(target, 'Normal', 'Pulled', pulledMessage(reference, now - began, now - asked, image.image.sizeBytes));
      tell(this.world, 'kubelet.pulled', { ...subject, ms: now - asked, bytes: image.image.sizeBytes });
      this.lastError.delete(key);
      return { image };
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      this.event(target, 'Warning', 'Failed', `Failed to pull image "${reference}": ${error.message}`);
      this.lastError.set(key, error.message);
      this.backoff.next(key, this.world.clock.now());
      tell(this.world, 'kubelet.pull-failed', {
        ...subject,
        message: error.message,
        retryAt: this.backoff.endsAt(key),
      });
      return { failure: { reason: 'ErrImagePull', message: error.message } };
    }
  }

  private invalid(target: EventTarget, reference: string, why: string): ImageOutcome {
    const message = `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": ${why}`;
    this.event(target, 'Warning', 'InspectFailed', message);
    return { failure: { reason: 'InvalidImageName', message } };
  }

  private event({ pod, fieldPath }: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (!this.runtime.hollow) this.recorder.event(pod, type, reason, message, { fieldPath });
  }
}

/** Undefined as soon as the signal aborts. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const give = () => resolve(undefined);
    signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

const pulledMessage = (reference: string, pullMs: Millis, waitMs: Millis, bytes: number): string =>
  `Successfully pulled image "${reference}" in ${formatDuration(Math.round(pullMs))} (${formatDuration(Math.round(waitMs))} including waiting). Image size: ${bytes} bytes.`;
