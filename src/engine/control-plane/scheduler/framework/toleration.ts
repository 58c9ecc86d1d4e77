/** Taints and tolerations. @upstream staging/src/k8s.io/api/core/v1/toleration.go */
import type { Taint, Toleration } from '#engine/api';

/** An empty effect or key of the toleration means every effect or key. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator || 'Equal') {
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    default:
      // Gt and Lt belong to a feature gate that is off by default.
      return false;
  }
}

export const toleratesTaint = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false;

const repels = (taint: Taint): boolean => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';

/** The first taint that keeps the Pod off the Node. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
): Taint | undefined {
  if (!taints) return undefined;
  for (const taint of taints) if (repels(taint) && !toleratesTaint(tolerations, taint)) return taint;
  return undefined;
}
