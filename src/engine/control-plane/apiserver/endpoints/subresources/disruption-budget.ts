/**
 * May one more Pod be missing? Asked before an eviction; an answer of yes is counted at once.
 * @upstream pkg/registry/core/pod/storage/eviction.go
 */
import { apiVersionOf, type Pod, type PodDisruptionBudget, podDisruptionBudgets, schemaFor } from '#engine/api';
import {
  failure,
  fieldSetOf,
  labelSelectorAsMatcher,
  matchesLabels,
  statusErrors,
  updateManagedFields,
} from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import type { ApiContext } from '../../context.ts';
import type { Server } from '../endpoint.ts';

const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";
const MAX_DISRUPTED_PODS = 2000;
const CAUSE = 'DisruptionBudget';
const PROCESSING_RETRY_SECONDS = 10;

/** Whether the Pod serves nobody: its eviction disrupts nothing. */
const servesNobody = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '');

const isReady = ({ status }: Pod): boolean =>
  (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

/** Budgets whose selector takes the Pod; without a selector a budget is nobody's. */
function budgetsOf(server: Server, { metadata }: Pod): readonly PodDisruptionBudget[] {
  return server.stores
    .of(podDisruptionBudgets)
    .storage.list(metadata.namespace)
    .map(({ value }) => value)
    .filter(({ spec }) => spec?.selector && matchesLabels(labelSelectorAsMatcher(spec.selector), metadata.labels));
}

/** A Pod that is not Ready counts for nobody's health: it may go when the others are enough, or always, as the budget says. */
function mayGoUnready({ spec, status }: PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

/** Throws TooManyRequests when the Pod may not go now. */
export async function takeFromBudget(server: Server, context: ApiContext, pod: Pod, dryRun: boolean): Promise<void> {
  if (servesNobody(pod)) return;
  const [budget, ...more] = budgetsOf(server, pod);
  if (!budget) return;
  if (more.length > 0) {
    const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw failure(500, why);
  }
  if (!isReady(pod) && mayGoUnready(budget)) return;
  check(budget);
  await server.stores.of(podDisruptionBudgets).update(
    {
      namespace: pod.metadata.namespace,
      name: budget.metadata.name,
      subresource: { prepareForUpdate: (next) => next, validateUpdate: () => [] },
      next: (current = budget) => {
        const now = server.world.clock.now();
        return asServer(current, counted(check(current), pod.metadata.name, now), now);
      },
    },
    ownWrite(server, context, dryRun),
  );
}

/** The server writes through a client of its own. */
const asServer = (live: PodDisruptionBudget, next: PodDisruptionBudget, now: number): PodDisruptionBudget =>
  updateManagedFields(live, next, schemaFor(podDisruptionBudgets), {
    manager: 'kube-apiserver',
    apiVersion: apiVersionOf(podDisruptionBudgets),
    time: formatTime(now),
    subresource: 'status',
    resetFields: fieldSetOf(['spec']),
  });

/** The server's own bookkeeping: no admission, no warnings. */
export const ownWrite = (server: Server, { user, info }: ApiContext, dryRun: boolean) => ({
  world: server.world,
  user,
  namespace: info.namespace,
  dryRun,
  warn: () => undefined,
});

function check(budget: PodDisruptionBudget): PodDisruptionBudget {
  const { metadata, status = {} } = budget;
  const about = { group: 'policy', resource: 'poddisruptionbudgets' };
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    const message = `The disruption budget ${metadata.name} is still being processed by the server.`;
    throw statusErrors.tooManyRequests(VIOLATION, PROCESSING_RETRY_SECONDS, [{ reason: CAUSE, message }]);
  }
  if ((status.disruptionsAllowed ?? 0) < 0) {
    throw statusErrors.forbidden(about, metadata.name, 'pdb disruptions allowed is negative');
  }
  if (Object.keys(status.disruptedPods ?? {}).length > MAX_DISRUPTED_PODS) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    throw statusErrors.forbidden(about, metadata.name, why);
  }
  if ((status.disruptionsAllowed ?? 0) === 0) {
    const { desiredHealthy = 0, currentHealthy = 0 } = status;
    const message = `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    throw statusErrors.tooManyRequests(VIOLATION, 0, [{ reason: CAUSE, message }]);
  }
  return budget;
}

/** One disruption less, and the Pod on the list of those that are going. */
function counted(budget: PodDisruptionBudget, pod: string, now: number): PodDisruptionBudget {
  const { metadata, status = {} } = budget;
  const disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
  const time = formatTime(now);
  const others = (status.conditions ?? []).filter(({ type }) => type !== 'DisruptionAllowed');
  const exhausted = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration: metadata.generation ?? 0,
    lastTransitionTime: time,
    reason: 'InsufficientPods',
    message: '',
  };
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed,
      disruptedPods: { ...status.disruptedPods, [pod]: time },
      ...(disruptionsAllowed === 0 && { conditions: [...others, exhausted] }),
    },
  };
}
