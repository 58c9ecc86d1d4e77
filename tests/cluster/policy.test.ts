/** What namespaces and workloads may have: quotas, limits and disruption budgets, at work together. */
import { expect, test } from 'vitest';
import { Lab } from './lab.ts';

test('a quota holds a Deployment back, and lets it go on when there is room', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ shape: 'hollow', nodes: 2 });
  await lab.ok('kubectl create namespace small');
  await lab.ok('kubectl create quota few -n small --hard=pods=2,count/configmaps=3');
  await lab.pass(5);
  await lab.ok('kubectl create deployment web -n small --image=nginx --replicas=3');
  await lab.pass(30);
  expect(await lab.ok('kubectl get deployment web -n small --no-headers')).toMatch(/ 2\/3 /);
  const events = await lab.ok('kubectl get events -n small --field-selector reason=FailedCreate');
  expect(events).toContain('exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2');
  expect(await lab.ok('kubectl get quota few -n small --no-headers')).toContain('count/configmaps: 1/3, pods: 2/2');
  await lab.ok(`kubectl patch quota few -n small --type=merge -p '{"spec":{"hard":{"pods":"3"}}}'`);
  await lab.pass(900);
  expect(await lab.ok('kubectl get deployment web -n small --no-headers')).toMatch(/ 3\/3 /);
  await lab.ok('kubectl delete deployment web -n small');
  await lab.pass(60);
  expect(await lab.ok('kubectl get quota few -n small --no-headers')).toContain('pods: 0/3');
  lab.stop();
});

test('a LimitRange fills in what a Pod does not ask for', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ shape: 'hollow', nodes: 1 });
  const limits = '{"limits":[{"type":"Container","default":{"cpu":"500m"},"defaultRequest":{"cpu":"100m"}}]}';
  const manifest = `{"apiVersion":"v1","kind":"LimitRange","metadata":{"name":"usual"},"spec":${limits}}`;
  await lab.ok(`echo '${manifest}' | kubectl apply -f -`);
  await lab.ok('kubectl run web --image=nginx');
  const path = '{.spec.containers[0].resources}';
  expect(JSON.parse(await lab.ok(`kubectl get pod web -o jsonpath='${path}'`))).toEqual({
    limits: { cpu: '500m' },
    requests: { cpu: '100m' },
  });
  lab.stop();
});

test('a drain waits for the disruption budget', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ shape: 'hollow', nodes: 2 });
  await lab.ok('kubectl create deployment web --image=nginx --replicas=2');
  await lab.ok('kubectl create poddisruptionbudget web --selector=app=web --min-available=2');
  await lab.pass(20);
  expect(await lab.ok('kubectl get pdb web --no-headers')).toMatch(/^web +2 +N\/A +0 /);
  const pod = (await lab.ok('kubectl get pods -l app=web -o name')).split('\n')[0]?.slice('pod/'.length) ?? '';
  const evict = () =>
    lab.client.createSubresource(
      { group: '', version: 'v1', plural: 'pods', singular: 'pod', kind: 'Pod', namespaced: true },
      { namespace: 'default', name: pod },
      'eviction',
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: 'default' } },
    );
  await expect(lab.settled(evict())).rejects.toThrow("it would violate the pod's disruption budget");
  await lab.ok('kubectl scale deployment web --replicas=3');
  await lab.pass(20);
  await lab.settled(evict());
  await lab.pass(20);
  expect(await lab.ok('kubectl get pods -l app=web --no-headers | grep -c Running')).toBe('3\n');
  expect(await lab.ok(`kubectl get pod ${pod} --ignore-not-found`)).toBe('');
  lab.stop();
});
