/** How long a Pod stays on a Node with NoExecute taints. Pure. @upstream pkg/controller/tainteviction/taint_eviction.go */
import type { Taint, Toleration } from '#engine/api';

/** @upstream staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? 'Equal') {
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    case 'Lt':
      return compareNumbers(taint.value, toleration.value, (a, b) => a < b);
    case 'Gt':
      return compareNumbers(taint.value, toleration.value, (a, b) => a > b);
    default:
      return false;
  }
}

function compareNumbers(taint = '', toleration = '', holds: (a: number, b: number) => boolean): boolean {
  const integer = /^(?:0|-?[1-9]\d*)$/;
  return integer.test(taint) && integer.test(toleration) && holds(Number(taint), Number(toleration));
}

/** Seconds the Pod may stay: 0 at once, infinity for good. */
export function tolerationSeconds(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const used = tolerations.find((toleration) => tolerates(toleration, taint));
    if (!used) return 0;
    if (used.tolerationSeconds !== undefined) least = Math.min(least, Math.max(0, used.tolerationSeconds));
  }
  return least;
}
