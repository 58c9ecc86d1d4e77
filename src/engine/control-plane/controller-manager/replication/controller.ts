/** ReplicationControllers. @upstream pkg/controller/replication/replication_controller.go, pkg/controller/replication/conversion.go */
import { replicationControllers } from '#engine/api';
import { labelsAsMatcher } from '#engine/apimachinery';
import type { ControllerContext } from '../context.ts';
import { startReplicaController } from '../replicaset/replica-controller.ts';

/**
 * Starts the ReplicationController manager.
 * @fidelity full
 */
export const startReplicationController = (context: ControllerContext): void =>
  startReplicaController(context, {
    name: 'replicationcontroller',
    component: 'replication-controller',
    resource: replicationControllers,
    selector: ({ spec }) => labelsAsMatcher(spec.selector),
    withStatus: (controller, { terminatingReplicas: _, ...status }) => ({ ...controller, status }),
  });
