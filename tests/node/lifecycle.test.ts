/** The kubelet against what a real one reported: the same states of the same Pods in the same order, the same events. */

import { describe, expect, test } from 'vitest';
import { type CoreV1Event, events, type Pod } from '#engine/api';
import { type Machine, startMachine } from './machine.ts';
import { byName, recordedEvents, recordedPods, recordingsExist, reportedStates } from './recorded.ts';

/** Seconds, somewhat longer than each recording lasted. */
const SCENARIOS: { readonly [name: string]: number } = { crashloop: 240, imagepull: 130, initc: 50, jobs: 12, sts: 8 };

const withoutToken = (pod: Pod): object => {
  const { nodeName: _node, volumes: _volumes, containers, initContainers, ...spec } = pod.spec;
  const bare = (list: typeof containers) => list.map(({ volumeMounts: _mounts, ...container }) => container);
  return { ...spec, containers: bare(containers), ...(initContainers && { initContainers: bare(initContainers) }) };
};

async function replay(scenario: string, seconds: number): Promise<Machine> {
  const machine = await startMachine({ runtime: { preloaded: ['busybox:1.28', 'busybox:1.36', 'busybox:latest'] } });
  machine.startKubelet();
  await machine.run(2);
  machine.history.length = 0;
  for (const [name, versions] of recordedPods(scenario)) {
    const [first] = versions;
    if (first) await machine.create({ name, spec: withoutToken(first) });
  }
  await machine.run(seconds);
  return machine;
}

/** What does not depend on names, times or how often a back-off was looked at. */
const eventText = (event: Pick<CoreV1Event, 'involvedObject' | 'type' | 'reason' | 'message'>): string =>
  [event.involvedObject.name, event.involvedObject.fieldPath, event.type, event.reason, event.message]
    .join(' | ')
    .replace(/_[a-z]+\([0-9a-f-]{36}\)/, '(uid)')
    .replace(/in \S+ \(\S+ including/, 'in X (X including');

/** Whether `expected` occurs in `actual` in order: the first that does not, and how many others lie in between. */
function inOrder(
  expected: readonly string[],
  actual: readonly string[],
): { readonly first: string | undefined; readonly extra: number } {
  let at = 0;
  let extra = 0;
  for (const state of expected) {
    const found = actual.indexOf(state, at);
    if (found < 0) return { first: state, extra };
    extra += found - at;
    at = found + 1;
  }
  return { first: undefined, extra };
}

describe.skipIf(!recordingsExist)('as recorded from a real kubelet', () => {
  test.each(Object.entries(SCENARIOS))('%s', async (scenario, seconds) => {
    const machine = await replay(scenario, seconds);
    const ours = byName(machine.history.filter((event) => event.type !== 'BOOKMARK').map((event) => event.object));
    for (const [name, versions] of recordedPods(scenario)) {
      const recorded = reportedStates(versions);
      const reported = reportedStates(ours.get(name) ?? []);
      // Ours runs longer, and may show a state that upstream's relisting once a second stepped over.
      const missed = inOrder(recorded, reported);
      expect(missed.first, `${name}: not reported`).toBeUndefined();
      expect(missed.extra, `${name}: reported in between`).toBeLessThanOrEqual(1);
    }
    const listed = (await machine.client.list(events)).items.filter((event) => event.involvedObject.kind === 'Pod');
    const expected = recordedEvents(scenario).filter((event) => event.source?.component === 'kubelet');
    expect(new Set(listed.map(eventText))).toEqual(new Set(expected.map((event) => eventText(event as CoreV1Event))));
  });
});
