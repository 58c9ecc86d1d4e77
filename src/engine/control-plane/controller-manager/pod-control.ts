/** Creates and deletes the Pods of a controller, and says so in Events. @upstream pkg/controller/controller_utils.go */
import { type Pod, type PodTemplateSpec, pods } from '#engine/api';
import {
  controllerRef,
  type Draft,
  isDns1123Subdomain,
  isNotFound,
  type KubeObject,
  StatusError,
} from '#engine/apimachinery';
import type { Client, EventRecorder } from '#engine/client-go';

/** The namespace is being deleted: nothing can be created in it, and nobody needs to be told. */
export const isNamespaceTerminating = (error: unknown): boolean =>
  error instanceof StatusError &&
  (error.status.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating');

export interface PodControl {
  /** Rejects with what the server said. */
  create(owner: KubeObject, template: PodTemplateSpec, generateName?: string): Promise<Pod>;
  delete(owner: KubeObject, pod: Pod): Promise<void>;
}

export function createPodControl(client: Client, recorder: EventRecorder): PodControl {
  return {
    async create(owner, template, generateName) {
      try {
        const pod = await client.create(pods, podFromTemplate(owner, template, generateName));
        recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
        return pod;
      } catch (error) {
        if (!isNamespaceTerminating(error)) {
          recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
        }
        throw error;
      }
    },
    async delete(owner, pod) {
      const { namespace, name } = pod.metadata;
      try {
        await client.delete(pods, { namespace, name });
      } catch (error) {
        if (isNotFound(error)) throw error;
        recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
        throw new Error(`unable to delete pods: ${messageOf(error)}`, { cause: error });
      }
      recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    },
  };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The Pod that a controller asks for; it shares its spec with the template. */
export function podFromTemplate(owner: KubeObject, template: PodTemplateSpec, generateName?: string): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { namespace, name } = owner.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: generateName ?? generateNameFor(name),
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerRef(owner)],
    },
    ...(template.spec && { spec: template.spec }),
  };
}

/** `<owner>-`, or the owner's bare name where the dash would make the name invalid. */
function generateNameFor(owner: string): string {
  return isDns1123Subdomain(`${owner}-a`).length === 0 ? `${owner}-` : owner;
}

/** Runs `count` calls in batches of 1, 2, 4 …; stops after a batch with a failure. Resolves with the successes and the first failure. */
export async function slowStart(
  count: number,
  act: (index: number) => Promise<unknown>,
): Promise<{ readonly successes: number; readonly error?: unknown }> {
  let successes = 0;
  for (let size = Math.min(1, count), started = 0; size > 0; ) {
    const batch = Array.from({ length: size }, (_, i) => act(started + i));
    const outcomes = await Promise.allSettled(batch);
    started += size;
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    successes += outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
    if (failed) return { successes, error: failed.reason };
    size = Math.min(2 * size, count - started);
  }
  return { successes };
}
