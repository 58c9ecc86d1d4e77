/** Flow schemas and priority levels of a fresh server. @upstream pkg/registry/flowcontrol/rest/storage_flowcontrol.go */
import { flowSchemas, priorityLevelConfigurations } from '#engine/api';
import {
  mandatoryFlowSchemas,
  mandatoryPriorityLevels,
  suggestedFlowSchemas,
  suggestedPriorityLevels,
} from '../registry/flowcontrol/mandatory.ts';
import type { Seed } from './seed.ts';

const GROUP_VERSION = 'flowcontrol.apiserver.k8s.io/v1';
/** Who writes them. */
export const PRODUCER = 'api-priority-and-fairness-config-producer-v1';
export const CONSUMER = 'api-priority-and-fairness-config-consumer-v1';
/** That the server keeps their spec. */
export const AUTOUPDATE = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

/** What says whether a schema's level exists. */
export const danglingCondition = (level: string, isThere: boolean, now: string) => ({
  type: 'Dangling',
  status: isThere ? 'False' : 'True',
  lastTransitionTime: now,
  reason: isThere ? 'Found' : 'NotFound',
  message: `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${isThere ? 'and it exists' : 'but there is no such object'}`,
});

export function seedFlowControl(seed: Seed): void {
  for (const [name, spec] of Object.entries({ ...suggestedPriorityLevels, ...mandatoryPriorityLevels })) {
    seed.put(
      priorityLevelConfigurations,
      undefined,
      {
        apiVersion: GROUP_VERSION,
        kind: 'PriorityLevelConfiguration',
        metadata: { name, annotations: AUTOUPDATE },
        spec,
      },
      { manager: PRODUCER, status: {} },
    );
  }
  for (const [name, spec] of Object.entries({ ...suggestedFlowSchemas, ...mandatoryFlowSchemas })) {
    seed.put(
      flowSchemas,
      undefined,
      { apiVersion: GROUP_VERSION, kind: 'FlowSchema', metadata: { name, annotations: AUTOUPDATE }, spec },
      {
        manager: PRODUCER,
        status: { conditions: [danglingCondition(spec.priorityLevelConfiguration.name, true, seed.now)] },
        statusManager: CONSUMER,
      },
    );
  }
}
