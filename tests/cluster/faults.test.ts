/** Faults and Nodes that come and go: the consequences are the engine's own. */
import { expect, test } from 'vitest';
import { Lab } from './lab.ts';

const ready = async (lab: Lab, node: string) => / Ready /.test(await lab.ok(`kubectl get node ${node} --no-headers`));

test('a Node joins a running cluster and leaves it', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  await lab.fault({ do: 'node.add', node: 'node-9' });
  await lab.pass(30);
  expect(await ready(lab, 'node-9')).toBe(true);
  expect(await lab.ok('kubectl get pods -n kube-system -o wide --no-headers | grep node-9 | grep -c 1/1')).toBe('2\n');
  await lab.fault({ do: 'node.remove', node: 'node-9' });
  await lab.pass(90);
  expect(await lab.ok('kubectl get node node-9 --no-headers')).toContain('NotReady');
  await expect(lab.fault({ do: 'node.remove', node: 'node-9' })).rejects.toThrow('no such node: node-9');
  await expect(lab.fault({ do: 'node.add', node: 'node-1' })).rejects.toThrow('already');
  lab.stop();
});

test('a cut link makes a Node NotReady; healed, it comes back', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  await lab.fault({ do: 'link.cut', between: ['node-1', 'control-plane'] });
  await lab.pass(90);
  expect(await lab.ok('kubectl get node node-1 --no-headers')).toContain('NotReady');
  await lab.fault({ do: 'link.heal', between: ['node-1', 'control-plane'] });
  await lab.pass(120);
  expect(await ready(lab, 'node-1')).toBe(true);
  lab.stop();
});

test('a slow link delays, a lossy one retransmits', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  const took = async () => {
    const start = lab.now;
    await lab.ok('kubectl get namespace default');
    return lab.now - start;
  };
  const usual = await took();
  await lab.fault({ do: 'link.slow', between: ['workstation', 'control-plane'], extraMs: 400 });
  expect(await took()).toBeGreaterThan(usual + 400);
  await lab.fault({ do: 'link.heal', between: ['workstation', 'control-plane'] });
  expect(await took()).toBeLessThan(usual + 50);
  lab.stop();
});

test('an image that cannot be had, until it can', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  await lab.fault({ do: 'image.unavailable', image: 'docker.io/library/redis' });
  await lab.ok('kubectl create deployment cache --image=redis:7');
  await lab.pass(20);
  expect(await lab.ok('kubectl get pods --no-headers')).toMatch(/ErrImagePull|ImagePullBackOff/);
  await lab.fault({ do: 'image.available', image: 'docker.io/library/redis' });
  await lab.ok('kubectl rollout status deployment cache --timeout=400s');
  lab.stop();
});

test('without etcd nobody reads or writes; data is there when it is back', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 1 });
  await lab.ok('kubectl create configmap kept --from-literal=a=1');
  await lab.fault({ do: 'container.kill', namespace: 'kube-system', pod: 'etcd-control-plane' });
  const { code } = await lab.sh('kubectl create configmap lost --from-literal=a=1');
  expect(code).toBe(1);
  await lab.pass(60);
  expect(await lab.ok("kubectl get configmap kept -o jsonpath='{.data.a}'")).toBe('1');
  await expect(lab.fault({ do: 'container.kill', namespace: 'default', pod: 'nobody' })).rejects.toThrow(
    'no running container',
  );
  lab.stop();
});

test('without the API server the cluster runs on, and catches up when it is back', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  await lab.ok(
    'kubectl create deployment web --image=nginx:1.27 --replicas=2 && kubectl rollout status deployment web',
  );
  for (let i = 0; i < 3; i++) {
    await lab.fault({ do: 'container.kill', namespace: 'kube-system', pod: 'kube-apiserver-control-plane' });
    await lab.pass(45);
  }
  await lab.pass(60);
  await lab.ok('kubectl scale deployment web --replicas=4 && kubectl rollout status deployment web --timeout=120s');
  expect(await lab.ok('kubectl get pod -n kube-system kube-apiserver-control-plane --no-headers')).toMatch(
    /Running +3 /,
  );
  lab.stop();
});
