/**
 * Quality of service: how a Pod's containers are treated when their Node runs short.
 * @upstream pkg/apis/core/v1/helper/qos/qos.go
 */
import type { Pod } from '#engine/api';
import { addQuantity, compareQuantity, formatQuantity } from '#engine/apimachinery';

type Amounts = { [name: string]: string };
const NAMES = ['cpu', 'memory'];

function add(sums: Amounts, list: { readonly [name: string]: string } | undefined): number {
  let found = 0;
  for (const name of NAMES) {
    const amount = list?.[name];
    if (amount === undefined || compareQuantity(amount, '0') <= 0) continue;
    found += 1;
    sums[name] = sums[name] === undefined ? amount : formatQuantity(addQuantity(sums[name], amount));
  }
  return found;
}

export function podQosClass({ spec }: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const requests: Amounts = {};
  const limits: Amounts = {};
  let guaranteed = true;
  const owners = spec.resources
    ? [{ resources: spec.resources }]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  for (const { resources } of owners) {
    add(requests, resources?.requests);
    if (add(limits, resources?.limits) < NAMES.length) guaranteed = false;
  }
  const asked = Object.keys(requests);
  const limited = Object.keys(limits);
  if (asked.length === 0 && limited.length === 0) return 'BestEffort';
  const equal = asked.every(
    (name) => limits[name] !== undefined && compareQuantity(limits[name], requests[name] as string) === 0,
  );
  return guaranteed && equal && asked.length === limited.length ? 'Guaranteed' : 'Burstable';
}
