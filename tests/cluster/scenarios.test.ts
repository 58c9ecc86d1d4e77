/** What a learner does on the first day, and what a real cluster then does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployments, type Pod, pods } from '#engine/api';
import { isConflict } from '#engine/apimachinery';
import { Lab } from './lab.ts';

const names = (text: string) => text.trim().split('\n').filter(Boolean);

describe('a Deployment and its Service', { timeout: 60_000 }, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot({ nodes: 3 });
    await lab.ok('kubectl create deployment web --image=nginx:1.27 --replicas=2');
    await lab.ok('kubectl expose deployment web --port=80 --type=NodePort');
    await lab.ok('kubectl run probe --image=busybox:1.36 --restart=Never -- sleep 100000');
    await lab.ok('kubectl rollout status deployment web && kubectl wait --for=condition=Ready pod/probe');
  }, 60_000);
  afterAll(() => lab.stop());

  test('answers through ClusterIP, DNS name and NodePort', async () => {
    const ip = await lab.ok("kubectl get service web -o jsonpath='{.spec.clusterIP}'");
    const port = await lab.ok("kubectl get service web -o jsonpath='{.spec.ports[0].nodePort}'");
    for (const url of [`http://${ip}`, 'http://web', 'http://web.default.svc.cluster.local:80']) {
      expect(await lab.ok(`kubectl exec probe -- wget -qO- ${url}`), url).toContain('Welcome to nginx!');
    }
    expect(await lab.ok(`curl -s http://172.18.0.3:${port}`)).toContain('Welcome to nginx!');
    expect((await lab.sh('kubectl exec probe -- wget -qO- -T 3 http://nobody')).code).toBe(1);
  });

  test('a deleted Pod is replaced', async () => {
    const before = names(await lab.ok('kubectl get pods -l app=web -o name'));
    await lab.ok(`kubectl delete ${before[0]}`);
    await lab.ok('kubectl wait --for=condition=Available deployment/web && kubectl rollout status deployment/web');
    const after = names(await lab.ok('kubectl get pods -l app=web -o name'));
    expect(after).toHaveLength(2);
    expect(after).not.toContain(before[0]);
  });

  test('killing kube-scheduler leaves new Pods Pending until the kubelet has restarted it', async () => {
    const scheduler = { do: 'container.kill', namespace: 'kube-system', pod: 'kube-scheduler-control-plane' } as const;
    await lab.fault(scheduler);
    await lab.ok('kubectl scale deployment web --replicas=3');
    const pending = await lab.ok('kubectl get pods -l app=web --field-selector=status.phase=Pending -o name');
    expect(names(pending)).toHaveLength(1);
    await lab.ok('kubectl rollout status deployment web --timeout=120s');
    expect(await lab.ok('kubectl get pod -n kube-system kube-scheduler-control-plane')).toMatch(/Running +1 /);
  });
});

test('Pods of a crashed Node come back elsewhere after the timeouts of a real cluster', {
  timeout: 60_000,
}, async () => {
  const lab = await Lab.boot({ nodes: 3 });
  await lab.ok(
    'kubectl create deployment web --image=nginx:1.27 --replicas=4 && kubectl rollout status deployment web',
  );
  const start = lab.now;
  await lab.fault({ do: 'node.crash', node: 'node-1' });
  const podsNow = async () =>
    (await lab.settled(lab.client.list(pods, { namespace: 'default', labelSelector: 'app=web' }))).items;
  const nodeStatus = async () => lab.ok(`kubectl get node node-1 --no-headers`);
  while (!(await nodeStatus()).includes('NotReady')) await lab.pass(1);
  const notReadyAfter = (lab.now - start) / 1000;
  // The last heartbeat is up to 10 s old; then 50 s of grace, seen by a monitor that looks every 5 s.
  expect(notReadyAfter).toBeGreaterThan(39);
  expect(notReadyAfter).toBeLessThan(66);
  const away = (pod: Pod) => pod.spec.nodeName !== 'node-1' && pod.status.phase === 'Running';
  while ((await podsNow()).filter(away).length < 4) await lab.pass(5);
  const replacedAfter = (lab.now - start) / 1000;
  // tolerationSeconds of the default tolerations: 300 s after the taint.
  expect(replacedAfter).toBeGreaterThan(notReadyAfter + 295);
  expect(replacedAfter).toBeLessThan(notReadyAfter + 340);
  await lab.fault({ do: 'node.recover', node: 'node-1' });
  await lab.pass(120);
  expect(await nodeStatus()).toMatch(/node-1 +Ready/);
  expect((await podsNow()).length).toBe(4);
  lab.stop();
});

test('a bad image: ErrImagePull, then ImagePullBackOff, with the delays of a real kubelet', {
  timeout: 60_000,
}, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  await lab.ok('kubectl run bad --image=nginx:no-such-tag');
  await lab.pass(5);
  expect(await lab.ok('kubectl get pod bad --no-headers')).toMatch(/0\/1 +(ErrImagePull|ImagePullBackOff) +0/);
  await lab.pass(600);
  expect(await lab.ok('kubectl get pod bad --no-headers')).toMatch(/0\/1 +(ErrImagePull|ImagePullBackOff) +0/);
  const pulls = lab.traces
    .filter(({ type, detail }) => type === 'kubelet.pull' && JSON.stringify(detail).includes('no-such-tag'))
    .map(({ at }) => at);
  const gaps = pulls.slice(1).map((at, i) => Math.round((at - (pulls[i] as number)) / 1000));
  // 10 s doubling to 300 s; the sync that retries comes up to some seconds later.
  for (const [i, least] of [10, 20, 40, 80, 160].entries()) {
    expect(gaps[i], `attempts after ${gaps.join(', ')} s`).toBeGreaterThanOrEqual(least);
    expect(gaps[i]).toBeLessThan(least * 1.6 + 16);
  }
  expect(await lab.ok('kubectl describe pod bad')).toContain('Back-off pulling image "nginx:no-such-tag"');
  lab.stop();
});

test('two edits of one object at the same instant always converge', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 1 });
  await lab.ok('kubectl create deployment web --image=nginx:1.27');
  const key = { namespace: 'default', name: 'web' };
  /** Read, change, write; once more on a conflict, as every client does. */
  const edit = async (annotation: string): Promise<void> => {
    for (;;) {
      const live = await lab.client.get(deployments, key);
      const annotations = { ...live.metadata.annotations, [annotation]: 'here' };
      try {
        await lab.client.update(deployments, { ...live, metadata: { ...live.metadata, annotations } });
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  };
  const wanted = Array.from({ length: 40 }, (_, i) => `edit-${i}`);
  for (let i = 0; i < wanted.length; i += 2)
    await lab.settled(Promise.all([edit(wanted[i] as string), edit(wanted[i + 1] as string)]));
  const live = await lab.settled(lab.client.get(deployments, key));
  expect(Object.keys(live.metadata.annotations ?? {})).toEqual(expect.arrayContaining(wanted));
  lab.stop();
});
