/**
 * describe node
 * @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go describeNode
 */

import type { CoreV1Event, Lease, Node, Pod } from '#engine/api';
import {
  addQuantity,
  compareQuantity,
  compareText,
  formatQuantity,
  isNotFound,
  parseQuantity,
  type Quantity,
  quantityFromValue,
  quantityMilliValue,
  quantityValue,
} from '#engine/apimachinery';
import { asError } from '../errors.ts';
import { annotations, events, labels } from './common.ts';
import { type DescribeContext, list } from './context.ts';
import { type DescriptionWriter, rfc1123 } from './writer.ts';

type Quantities = ReadonlyMap<string, Quantity>;

export async function describeNode(
  w: DescriptionWriter,
  node: Node,
  list_: readonly CoreV1Event[] | undefined,
  context: DescribeContext,
): Promise<void> {
  const { metadata, spec, status } = node;
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Roles:\t${roles(node).join(',') || '<none>'}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}\n`);
  taints(w, node);
  w.write(0, `Unschedulable:\t${spec?.unschedulable ?? false}\n`);
  await lease(w, node, context);
  conditions(w, node);
  w.write(0, 'Addresses:\n');
  for (const address of status?.addresses ?? []) w.write(1, `${address.type}:\t${address.address}\n`);
  amounts(w, 'Capacity', status?.capacity);
  amounts(w, 'Allocatable', status?.allocatable);
  systemInfo(w, node);
  if (spec?.podCIDR) w.write(0, `PodCIDR:\t${spec.podCIDR}\n`);
  if (spec?.podCIDRs?.length) w.write(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}\n`);
  if (spec?.providerID) w.write(0, `ProviderID:\t${spec.providerID}\n`);
  await pods(w, node, context);
  events(w, list_);
}

const ROLE = 'node-role.kubernetes.io/';

function roles(node: Node): readonly string[] {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE) && key.length > ROLE.length) found.add(key.slice(ROLE.length));
    else if (key === 'kubernetes.io/role' && value !== '') found.add(value);
  }
  return [...found].sort(compareText);
}

/** By effect, as taint lists are printed: NoExecute, NoSchedule, PreferNoSchedule. */
function taints(w: DescriptionWriter, { spec }: Node): void {
  w.write(0, 'Taints:\t');
  const list_ = [...(spec?.taints ?? [])].sort((a, b) => (taintKey(a) < taintKey(b) ? -1 : 1));
  if (list_.length === 0) w.line('<none>');
  list_.forEach((taint, i) => {
    if (i > 0) w.write(0, '\t');
    w.line(`${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`);
  });
}

const taintKey = (taint: { readonly key: string; readonly effect: string; readonly value?: string }) =>
  `${taint.effect}\0${taint.key}\0${taint.value ?? ''}`;

async function lease(w: DescriptionWriter, node: Node, { session }: DescribeContext): Promise<void> {
  try {
    const found = (await session
      .rest()
      .json(
        'GET',
        `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node.metadata.name}`,
      )) as unknown as Lease;
    w.write(0, 'Lease:\n');
    w.write(1, `HolderIdentity:\t${found.spec?.holderIdentity ?? '<unset>'}\n`);
    w.write(1, `AcquireTime:\t${found.spec?.acquireTime ? rfc1123(found.spec.acquireTime) : '<unset>'}\n`);
    w.write(1, `RenewTime:\t${found.spec?.renewTime ? rfc1123(found.spec.renewTime) : '<unset>'}\n`);
  } catch (error) {
    if (!isNotFound(error) && !('reason' in asError(error))) throw error;
    w.write(0, `Lease:\tFailed to get lease: ${asError(error).message}\n`);
  }
}

function conditions(w: DescriptionWriter, { status }: Node): void {
  if (!status?.conditions?.length) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n');
  w.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const one of status.conditions) {
    w.write(
      1,
      `${one.type} \t${one.status} \t${rfc1123(one.lastHeartbeatTime)} \t${rfc1123(one.lastTransitionTime)} \t${one.reason ?? ''} \t${one.message ?? ''}\n`,
    );
  }
}

function amounts(w: DescriptionWriter, title: string, map: { readonly [name: string]: string } | undefined): void {
  const names = Object.keys(map ?? {}).sort(compareText);
  if (names.length > 0) w.write(0, `${title}:\n`);
  for (const name of names) w.write(1, `${name}:\t${map?.[name]}\n`);
}

function systemInfo(w: DescriptionWriter, { status }: Node): void {
  const info = status?.nodeInfo;
  w.write(0, 'System Info:\n');
  w.write(1, `Machine ID:\t${info?.machineID ?? ''}\n`);
  w.write(1, `System UUID:\t${info?.systemUUID ?? ''}\n`);
  w.write(1, `Boot ID:\t${info?.bootID ?? ''}\n`);
  w.write(1, `Kernel Version:\t${info?.kernelVersion ?? ''}\n`);
  w.write(1, `OS Image:\t${info?.osImage ?? ''}\n`);
  w.write(1, `Operating System:\t${info?.operatingSystem ?? ''}\n`);
  w.write(1, `Architecture:\t${info?.architecture ?? ''}\n`);
  w.write(1, `Container Runtime Version:\t${info?.containerRuntimeVersion ?? ''}\n`);
  w.write(1, `Kubelet Version:\t${info?.kubeletVersion ?? ''}\n`);
}

const ZERO = quantityFromValue(0);

function sum(into: Map<string, Quantity>, map: { readonly [name: string]: string } | undefined): void {
  for (const [name, amount] of Object.entries(map ?? {}))
    into.set(name, addQuantity(into.get(name) ?? ZERO, parseQuantity(amount)));
}

function most(into: Map<string, Quantity>, other: Quantities): void {
  for (const [name, amount] of other) {
    const mine = into.get(name);
    if (!mine || compareQuantity(amount, mine) > 0) into.set(name, amount);
  }
}

/** Containers add up; an init container needs what it needs while it runs, sidecars stay. */
function podAmounts(pod: Pod, which: 'requests' | 'limits'): Quantities {
  const total = new Map<string, Quantity>();
  for (const container of pod.spec.containers) sum(total, container.resources?.[which]);
  const sidecars = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  for (const container of pod.spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sum(total, container.resources?.[which]);
      sum(sidecars, container.resources?.[which]);
      most(peak, sidecars);
      continue;
    }
    const now = new Map(sidecars);
    sum(now, container.resources?.[which]);
    most(peak, now);
  }
  most(total, peak);
  sum(total, pod.spec.overhead);
  return total;
}

async function pods(w: DescriptionWriter, node: Node, context: DescribeContext): Promise<void> {
  const fieldSelector = `spec.nodeName=${node.metadata.name},status.phase!=Succeeded,status.phase!=Failed`;
  const found = (await list(context, 'pods', '', { fieldSelector })) as unknown as readonly Pod[];
  const allocatable = node.status?.allocatable ?? node.status?.capacity ?? {};
  const share = (name: string, amount: Quantity): number => {
    const whole = allocatable[name];
    const total = whole === undefined ? 0 : name === 'cpu' ? quantityMilliValue(whole) : quantityValue(whole);
    const part = name === 'cpu' ? quantityMilliValue(amount) : quantityValue(amount);
    return total === 0 ? 0 : Math.trunc((part / total) * 100);
  };
  const cell = (name: string, amounts_: Quantities) => {
    const amount = amounts_.get(name) ?? ZERO;
    return `${formatQuantity(amount)} (${share(name, amount)}%)`;
  };
  w.write(0, `Non-terminated Pods:\t(${found.length} in total)\n`);
  w.write(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n');
  w.write(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n');
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  const add = (into: Map<string, Quantity>, from: Quantities) =>
    from.forEach((amount, name) => {
      into.set(name, addQuantity(into.get(name) ?? ZERO, amount));
    });
  for (const pod of found) {
    const [asked, allowed] = [podAmounts(pod, 'requests'), podAmounts(pod, 'limits')];
    add(requests, asked);
    add(limits, allowed);
    const cells = [cell('cpu', asked), cell('cpu', allowed), cell('memory', asked), cell('memory', allowed)];
    w.write(
      1,
      `${pod.metadata.namespace ?? ''}\t${pod.metadata.name}\t\t${cells.join('\t')}\t${w.since(pod.metadata.creationTimestamp)}\n`,
    );
  }
  w.write(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n');
  w.write(1, 'Resource\tRequests\tLimits\n');
  w.write(1, '--------\t--------\t------\n');
  for (const name of ['cpu', 'memory', 'ephemeral-storage'])
    w.write(1, `${name}\t${cell(name, requests)}\t${cell(name, limits)}\n`);
  const extended = Object.keys(allocatable)
    .filter((name) => name.startsWith('hugepages-') || name.includes('/'))
    .sort(compareText);
  for (const name of extended)
    w.write(
      1,
      `${name}\t${formatQuantity(requests.get(name) ?? ZERO)}${name.startsWith('hugepages-') ? ` (${share(name, requests.get(name) ?? ZERO)}%)` : ''}\t${formatQuantity(limits.get(name) ?? ZERO)}${name.startsWith('hugepages-') ? ` (${share(name, limits.get(name) ?? ZERO)}%)` : ''}\n`,
    );
}
