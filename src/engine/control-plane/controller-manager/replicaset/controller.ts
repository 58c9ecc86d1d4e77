/** ReplicaSets. @upstream pkg/controller/replicaset/replica_set.go */
import { replicaSets } from '#engine/api';
import { labelSelectorAsMatcher } from '#engine/apimachinery';
import type { ControllerContext } from '../context.ts';
import { startReplicaController } from './replica-controller.ts';

/**
 * Starts the ReplicaSet controller.
 * @fidelity full
 */
export const startReplicaSetController = (context: ControllerContext): void =>
  startReplicaController(context, {
    name: 'replicaset',
    component: 'replicaset-controller',
    resource: replicaSets,
    selector: ({ spec }) => labelSelectorAsMatcher(spec.selector),
    withStatus: (set, status) => ({ ...set, status }),
  });
