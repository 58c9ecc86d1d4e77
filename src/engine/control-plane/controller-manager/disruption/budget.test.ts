import { describe, expect, it } from 'vitest';
import type { IntOrString, Pod, PodDisruptionBudget } from '#engine/api';
import { parseTime } from '#engine/sim';
import { calculateStatus } from './budget.ts';

const NOW = parseTime('2026-01-01T00:10:00Z') as number;
type Spec = { readonly minAvailable?: IntOrString; readonly maxUnavailable?: IntOrString };
const budget = (spec: Spec, disruptedPods: { readonly [pod: string]: string } = {}): PodDisruptionBudget =>
  ({ metadata: { name: 'b', generation: 2 }, spec, status: { disruptedPods } }) as unknown as PodDisruptionBudget;
const pod = (name: string, ready = true): Pod =>
  ({
    metadata: { name },
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod;
const three = [pod('a'), pod('b'), pod('c')];
const allowed = (spec: Spec, pods: readonly Pod[] = three, scale = pods.length) => {
  const { disruptionsAllowed, desiredHealthy, expectedPods } = calculateStatus(budget(spec), pods, scale, NOW).status;
  return [disruptionsAllowed, desiredHealthy, expectedPods];
};

describe('the status of a disruption budget', () => {
  it.each<[Spec, readonly number[]]>([
    [{ minAvailable: 2 }, [1, 2, 3]],
    [{ minAvailable: 3 }, [0, 3, 3]],
    [{ minAvailable: '50%' }, [1, 2, 3]],
    [{ maxUnavailable: 1 }, [1, 2, 3]],
    [{ maxUnavailable: '50%' }, [2, 1, 3]],
    [{}, [0, 0, 0]],
  ])('%j allows, wants healthy, expects %j of three', (spec, figures) => {
    expect(allowed(spec)).toEqual(figures);
  });

  it('counts only what is Ready, and nothing while nothing is expected', () => {
    expect(allowed({ minAvailable: 1 }, [pod('a'), pod('b', false)])).toEqual([0, 1, 2]);
    expect(allowed({ minAvailable: 0 }, [], 0)).toEqual([0, 0, 0]);
  });

  it('takes an evicted Pod for gone, until two minutes have passed', () => {
    const recent = budget({ minAvailable: 2 }, { a: '2026-01-01T00:09:00Z' });
    expect(calculateStatus(recent, three, 3, NOW)).toMatchObject({
      recheckMs: 60_000,
      status: { disruptionsAllowed: 0, currentHealthy: 2, disruptedPods: { a: '2026-01-01T00:09:00Z' } },
    });
    const old = budget({ minAvailable: 2 }, { a: '2026-01-01T00:07:00Z' });
    expect(calculateStatus(old, three, 3, NOW)).toMatchObject({
      recheckMs: undefined,
      status: { disruptionsAllowed: 1, currentHealthy: 3, disruptedPods: {} },
    });
  });
});
