/** Hollow kubelets against what kubemark's were recorded to report for the same requests. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ContainerStatus, Pod } from '#engine/api';
import { startMachine } from './machine.ts';

const FILE = new URL('../../../shared/oracle/behaviour/controllers.jsonl', import.meta.url);

interface Reduced {
  readonly kind: string;
  readonly name: string;
  readonly type: string;
  readonly phase?: string;
  readonly reason?: string;
  readonly podIP?: boolean;
  readonly observedGeneration?: number;
  readonly deletionGracePeriodSeconds?: number;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly initContainerStatuses?: readonly object[];
  readonly containerStatuses?: readonly object[];
}
interface Scenario {
  readonly id: string;
  readonly actions: readonly {
    readonly atSeconds: number;
    readonly request: {
      readonly method: string;
      readonly path: string;
      readonly body: { readonly metadata?: { name: string } };
    };
  }[];
  readonly events: readonly Reduced[];
  readonly final: readonly Pod[] | { readonly [kind: string]: readonly Pod[] };
}

const scenarios: readonly Scenario[] = existsSync(FILE)
  ? readFileSync(FILE, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Scenario)
      .filter(({ id }) => id.startsWith('pod-'))
  : [];

/** Those that are about the kubelet alone: Pods created and deleted, nobody else writes. */
const KUBELET_ONLY = [
  'pod-lifecycle',
  'pod-probes',
  'pod-missing-refs',
  'pod-qos',
  'pod-init',
  'pod-multi',
  'pod-deadline',
  'pod-sidecar',
];

const container = (status: ContainerStatus) => {
  const { waiting, running, terminated } = status.state ?? {};
  return {
    name: status.name,
    ready: status.ready,
    restartCount: status.restartCount,
    state: waiting ? 'waiting' : running ? 'running' : 'terminated',
    ...((waiting ?? terminated)?.reason && { reason: (waiting ?? terminated)?.reason }),
    ...(terminated && { exitCode: terminated.exitCode }),
    ...((waiting ?? terminated)?.message && { message: (waiting ?? terminated)?.message }),
  };
};

const line = (event: Omit<Reduced, 'kind' | 'name' | 'type'>): string =>
  JSON.stringify([
    event.phase,
    event.reason,
    Boolean(event.podIP),
    event.deletionGracePeriodSeconds,
    (event.conditions ?? [])
      .map(({ type, status, reason, message }) => `${type}=${status} ${reason ?? ''} ${message ?? ''}`)
      .sort(),
    event.initContainerStatuses,
    event.containerStatuses,
  ]);

const reduce = (pod: Pod): string => {
  const { status, metadata } = pod;
  return line({
    podIP: status.podIP !== undefined,
    ...(status.phase && { phase: status.phase }),
    ...(status.reason && { reason: status.reason }),
    ...(metadata.deletionGracePeriodSeconds !== undefined && {
      deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
    }),
    ...(status.conditions && {
      conditions: status.conditions.map(({ type, status: value, reason, message }) => ({
        type,
        status: value,
        ...(reason && { reason }),
        ...(message && { message }),
      })),
    }),
    ...(status.initContainerStatuses && { initContainerStatuses: status.initContainerStatuses.map(container) }),
    ...(status.containerStatuses && { containerStatuses: status.containerStatuses.map(container) }),
  });
};

const distinct = (lines: readonly string[]) => lines.filter((text, i) => text !== lines[i - 1]);

async function replay(scenario: Scenario): Promise<ReadonlyMap<string, readonly string[]>> {
  const machine = await startMachine({ runtime: { hollow: true, sandboxStartMs: 300 }, kubelet: { hollow: true } });
  machine.startKubelet();
  await machine.run(2);
  const start = machine.loop.now();
  machine.history.length = 0;
  for (const { atSeconds, request } of scenario.actions) {
    await machine.loop.runUntil(start + atSeconds * 1000);
    const path = request.path.replace('{ns}', 'default');
    const body = request.path.endsWith('/pods') ? onOurNode(request.body) : request.body;
    await machine.client.request(request.method, path, { body });
  }
  await machine.run(12);
  const seen = new Map<string, string[]>();
  for (const { type, object } of machine.history) {
    if (type !== 'ADDED' && type !== 'MODIFIED') continue;
    // The API server's own last word before it removes a Pod.
    if (object.status.observedGeneration === undefined || object.metadata.deletionGracePeriodSeconds === 0) continue;
    seen.set(object.metadata.name, [...(seen.get(object.metadata.name) ?? []), reduce(object)]);
  }
  return seen;
}

const onOurNode = (pod: object & { readonly spec?: object }) => ({
  ...pod,
  spec: { ...pod.spec, nodeName: 'node-1', automountServiceAccountToken: false },
});

describe.skipIf(scenarios.length === 0)('as recorded from hollow kubelets', () => {
  test.each(
    scenarios.filter(({ id }) => KUBELET_ONLY.includes(id)).map((scenario) => [scenario.id, scenario] as const),
  )('%s', async (_, scenario) => {
    const ours = await replay(scenario);
    for (const [name, states] of ours) {
      const recorded = distinct(
        scenario.events
          .filter(
            (event) =>
              event.kind === 'Pod' &&
              event.name === name &&
              event.type !== 'DELETED' &&
              event.observedGeneration !== undefined &&
              event.deletionGracePeriodSeconds !== 0,
          )
          .map(line),
      );
      // Ours may step over states; it must not show one that upstream did not, but for one condition that
      // upstream's own runs show or skip by chance.
      let at = -1;
      for (const state of distinct(states)) {
        const skipped = state.replace('PodReadyToStartContainers=True', 'PodReadyToStartContainers=False');
        if (!recorded.includes(state) && recorded.includes(skipped)) continue;
        const found = recorded.indexOf(state, at + 1);
        expect(found, `${name}: ${state}\nnot after ${recorded[at]}\nin\n${recorded.join('\n')}`).toBeGreaterThan(at);
        at = found;
      }
      expect(distinct(states).at(-1), name).toBe(recorded.at(-1));
    }
  });
});
