/** Ends a Pod for the cluster's sake, and says why in its DisruptionTarget condition. */
import { type Pod, type PodCondition, pods } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { formatTime, type Millis } from '#engine/sim';
import { isPodTerminal } from './pod-status.ts';

export interface Disruption {
  readonly reason?: string;
  readonly message?: string;
  /** Also set the phase to Failed: nobody else will any more. */
  readonly fail?: boolean;
  readonly gracePeriodSeconds?: number;
}

/** Nothing happens when the Pod is gone already. */
export async function disruptPod(client: Client, pod: Pod, disruption: Disruption, now: Millis): Promise<void> {
  const { namespace, name } = pod.metadata;
  const status = {
    ...(disruption.fail && !isPodTerminal(pod) && { phase: 'Failed' }),
    ...(disruption.reason !== undefined && newCondition(pod, disruption, now)),
  };
  try {
    if (Object.keys(status).length > 0) {
      await client.patch(pods, { namespace, name, subresource: 'status' }, 'strategic', { status });
    }
    const { gracePeriodSeconds } = disruption;
    await client.delete(
      pods,
      { namespace, name },
      gracePeriodSeconds === undefined ? undefined : { gracePeriodSeconds },
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function newCondition({ metadata }: Pod, { reason = '', message = '' }: Disruption, now: Millis) {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    lastTransitionTime: formatTime(now),
    reason,
    message,
  };
  return { conditions: [condition] };
}
