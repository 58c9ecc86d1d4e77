/** Amounts as the server keeps them. @upstream pkg/apis/core/v1/defaults.go */
import { canonicalQuantity, formatQuantity, isQuantity, roundUpQuantity } from '#engine/apimachinery';

type ResourceList = { readonly [name: string]: string };

/** Amounts finer than a thousandth are rounded up to it. */
export function defaultResourceList(list: ResourceList): ResourceList {
  let next: { [name: string]: string } | undefined;
  for (const name in list) {
    const amount = list[name] as string;
    if (!amount.endsWith('n') && !amount.endsWith('u') && !amount.includes('.')) continue;
    if (!isQuantity(amount)) continue;
    const rounded = formatQuantity(roundUpQuantity(canonicalQuantity(amount), -3));
    if (rounded !== amount) {
      next ??= { ...list };
      next[name] = rounded;
    }
  }
  return next ?? list;
}
