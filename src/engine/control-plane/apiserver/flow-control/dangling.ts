/**
 * Tells every FlowSchema whether its priority level is there.
 * @upstream staging/src/k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go syncFlowSchemaStatus
 */
import { type FlowSchema, flowSchemas, priorityLevelConfigurations } from '#engine/api';
import { isConflict, isNotFound } from '#engine/apimachinery';
import { formatTime, type World } from '#engine/sim';
import { CONSUMER, danglingCondition } from '../bootstrap/flow-control.ts';
import { SERVER, withStatusOwner } from '../bootstrap/seed.ts';
import type { Stores } from '../endpoints/endpoint.ts';
import { mandatoryPriorityLevels } from '../registry/flowcontrol/mandatory.ts';

const DANGLING = 'Dangling';

/** One look at every schema; writes only what has changed. */
export async function tellDangling(world: World, stores: Stores): Promise<void> {
  const schemas = stores.of(flowSchemas);
  const context = { world, user: SERVER, namespace: undefined, dryRun: false, warn: () => undefined };
  const now = formatTime(world.clock.now());
  for (const { value } of schemas.storage.list()) {
    const level = value.spec?.priorityLevelConfiguration.name ?? '';
    const isThere =
      level in mandatoryPriorityLevels || stores.of(priorityLevelConfigurations).find(undefined, level) !== undefined;
    const wanted = danglingCondition(level, isThere, now);
    const told = value.status?.conditions?.find(({ type }) => type === DANGLING);
    if (told?.status === wanted.status && told.message === wanted.message) continue;
    const subresource = schemas.strategy.status;
    try {
      await schemas.update(
        {
          namespace: undefined,
          name: value.metadata.name,
          next: (current) => withCondition(current as FlowSchema, wanted, now),
          ...(subresource && { subresource }),
        },
        context,
      );
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
}

/** The schema with its condition, as this server's own. */
function withCondition(schema: FlowSchema, condition: ReturnType<typeof danglingCondition>, now: string): FlowSchema {
  const others = (schema.status?.conditions ?? []).filter(({ type }) => type !== DANGLING);
  const managedFields = (schema.metadata.managedFields ?? []).filter(({ manager }) => manager !== CONSUMER);
  const told = { ...schema, metadata: { ...schema.metadata, managedFields }, status: { conditions: [condition] } };
  const owned = withStatusOwner(told, flowSchemas, CONSUMER, now);
  return { ...owned, status: { conditions: [...others, condition] } };
}
