import { describe, expect, it } from 'vitest';
import { type Pod, pods, type ResourceQuota, services } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { countUsage, kindsOf } from './controller.ts';

const quota = (hard: { readonly [name: string]: string }, more: object = {}): ResourceQuota =>
  ({ metadata: { name: 'q', namespace: 'lab' }, spec: { hard, ...more } }) as unknown as ResourceQuota;
const pod = (requests: { readonly [name: string]: string }, phase = 'Running'): Pod =>
  ({
    metadata: { name: 'p', namespace: 'lab' },
    spec: { containers: [{ name: 'c', resources: { requests } }] },
    status: { phase },
  }) as unknown as Pod;

describe('what a quota counts', () => {
  it('sums what Pods ask for, under every name that is limited', () => {
    const hard = { pods: '10', cpu: '4', 'requests.cpu': '4', 'limits.cpu': '4' };
    const used = countUsage(quota(hard), [[pods, [pod({ cpu: '500m' }), pod({ cpu: '1' })]]]);
    expect(used).toEqual({ pods: '2', cpu: '1500m', 'requests.cpu': '1500m', 'limits.cpu': '0' });
  });

  it('forgets Pods that have ended, but counts them as objects', () => {
    const used = countUsage(quota({ pods: '10', 'count/pods': '10' }), [[pods, [pod({}), pod({}, 'Succeeded')]]]);
    expect(used).toEqual({ pods: '1', 'count/pods': '2' });
  });

  it('counts with a scope only the Pods it is about, and nothing else', () => {
    const bestEffort = quota({ pods: '10', services: '10' }, { scopes: ['BestEffort'] });
    const service = { metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{}, {}] } } as unknown as KubeObject;
    const all = [
      [pods, [pod({}), pod({ cpu: '1' })]],
      [services, [service]],
    ] as const;
    expect(countUsage(bestEffort, all)).toEqual({ pods: '1', services: '0' });
    expect(countUsage(quota({ services: '10', 'services.nodeports': '5' }), all)).toEqual({
      services: '1',
      'services.nodeports': '2',
    });
  });

  it.each([
    [{ 'requests.memory': '1Gi' }, ['pods']],
    [{ 'services.loadbalancers': '0', 'count/deployments.apps': '2' }, ['services', 'deployments']],
    [{ secrets: '1' }, ['secrets']],
  ])('%j is about %j', (hard, plurals) => {
    expect(kindsOf(quota(hard as { readonly [name: string]: string })).map(({ plural }) => plural)).toEqual(plurals);
  });
});
