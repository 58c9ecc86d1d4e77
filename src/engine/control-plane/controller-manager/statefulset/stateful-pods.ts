/** Makes, mends and deletes the Pods of a StatefulSet, and says so in Events. @upstream pkg/controller/statefulset/stateful_pod_control.go */
import { type Pod, pods, type StatefulSet } from '#engine/api';
import { type Draft, isAlreadyExists, isConflict } from '#engine/apimachinery';
import type { Client, EventRecorder } from '#engine/client-go';
import { messageOf } from '../pod-control.ts';
import type { ClaimControl } from './claim-control.ts';
import type { Claimant } from './claims.ts';
import { identityMatches, ordinalOf, storageMatches, withIdentity } from './identity.ts';

const ATTEMPTS = 5;

/** The only way in which the sync touches the world. Every deed rejects with what the server said. */
export class StatefulPods {
  constructor(
    private readonly client: Client,
    private readonly recorder: EventRecorder,
    readonly claims: ClaimControl,
  ) {}

  async create(set: StatefulSet, draft: Draft<Pod>, ordinal: number): Promise<void> {
    const { name = '' } = draft.metadata;
    try {
      await this.claims.create(set, ordinal, name);
      await this.client.create(pods, draft);
    } catch (error) {
      if (!isAlreadyExists(error)) this.tell('Create', set, name, error);
      throw error;
    }
    await this.settleClaims(set, { ordinal, pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name } } });
    this.tell('Create', set, name);
  }

  /** Claims that somebody deleted under a Pod that still waits for them. */
  async createMissingClaims(set: StatefulSet, pod: Pod): Promise<void> {
    const ordinal = ordinalOf(pod);
    await this.claims.create(set, ordinal, pod.metadata.name);
    await this.settleClaims(set, { ordinal, pod });
  }

  /** Writes what the Pod and its claims lack of their identity. */
  async mend(set: StatefulSet, pod: Pod): Promise<void> {
    const { name, namespace } = pod.metadata;
    let current = pod;
    for (let attempt = 1; ; attempt++) {
      try {
        if (!(await this.mendOnce(set, current))) return;
      } catch (error) {
        if (isConflict(error) && attempt < ATTEMPTS) {
          current = await this.client.get(pods, { namespace, name });
          continue;
        }
        this.tell('Update', set, name, error);
        throw error;
      }
      this.tell('Update', set, name);
      return;
    }
  }

  async delete(set: StatefulSet, { metadata: { namespace, name } }: Pod): Promise<void> {
    try {
      await this.client.delete(pods, { namespace, name });
    } catch (error) {
      this.tell('Delete', set, name, error);
      throw error;
    }
    this.tell('Delete', set, name);
  }

  /** True when something was lacking. */
  private async mendOnce(set: StatefulSet, pod: Pod): Promise<boolean> {
    const claimant: Claimant = { ordinal: ordinalOf(pod), pod };
    const hasStorage = storageMatches(set, pod);
    const isSettled = this.claims.isSettled(set, claimant);
    if (identityMatches(set, pod) && hasStorage && isSettled) return false;
    if (!hasStorage) await this.claims.create(set, claimant.ordinal, pod.metadata.name);
    if (!isSettled) await this.claims.settle(set, claimant);
    await this.client.update(pods, withIdentity(set, pod));
    return true;
  }

  private async settleClaims(set: StatefulSet, claimant: Claimant): Promise<void> {
    try {
      await this.claims.settle(set, claimant);
    } catch (error) {
      this.tell('Update', set, claimant.pod.metadata.name, error);
      throw error;
    }
  }

  private tell(verb: 'Create' | 'Update' | 'Delete', set: StatefulSet, pod: string, error?: unknown): void {
    const text = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    if (error === undefined) this.recorder.event(set, 'Normal', `Successful${verb}`, `${text} successful`);
    else this.recorder.event(set, 'Warning', `Failed${verb}`, `${text} failed error: ${messageOf(error)}`);
  }
}
