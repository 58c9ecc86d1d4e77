/** After a power cut of the whole site everything is as a reboot of every machine leaves it: nothing twice, nothing lost. */
import { expect, test } from 'vitest';
import { type ClusterOptions, createCluster } from '#engine/cluster';
import { applyChanges, ChangeLog, Saved } from '#engine/sim';
import { nodeHost } from '../../src/workers/node/host.ts';
import { Lab } from './lab.ts';

/** The cluster as a reload finds it. */
async function cutPower(lab: Lab, options: ClusterOptions, disk: Map<string, string>): Promise<Lab> {
  applyChanges(disk, lab.cluster.changes() ?? { keys: [], values: [], removed: [] });
  lab.stop();
  const saved = new Saved(new Map(disk));
  const next = await createCluster(nodeHost(), { freeze: true, ...options }, { ledger: new ChangeLog(), saved });
  const again = Lab.of(next);
  await again.until(() => next.ready && next.awake, 'the cluster to wake');
  return again;
}

const bootKept = async (options: ClusterOptions): Promise<Lab> => {
  const cluster = await createCluster(nodeHost(), { freeze: true, ...options }, { ledger: new ChangeLog() });
  const lab = Lab.of(cluster);
  await lab.until(() => cluster.ready, 'the cluster to get ready');
  return lab;
};

const POD = `apiVersion: v1
kind: Pod
metadata: { name: keeper }
spec:
  volumes: [{ name: data, emptyDir: {} }, { name: fast, emptyDir: { medium: Memory } }]
  containers:
    - name: main
      image: busybox
      command: [sh, -c, 'echo started $(cat /data/x /fast/x 2>/dev/null | wc -l); echo x >> /data/x; echo x >> /fast/x; sleep 100000']
      volumeMounts: [{ name: data, mountPath: /data }, { name: fast, mountPath: /fast }]
---
apiVersion: v1
kind: Pod
metadata: { name: once }
spec:
  restartPolicy: Never
  containers: [{ name: main, image: busybox, command: [sleep, '100000'] }]
`;

test('Pods come back as after a reboot, with their disks, names and histories', { timeout: 120_000 }, async () => {
  const options: ClusterOptions = { nodes: 3, seed: 4 };
  const disk = new Map<string, string>();
  let lab = await bootKept(options);
  await lab.ok(`cat > pods.yaml <<'E'\n${POD}E\nkubectl apply -f pods.yaml; echo mine > note`);
  await lab.ok('kubectl create deployment web --image=nginx --replicas=4 && kubectl rollout status deployment web');
  await lab.ok('kubectl wait --for=condition=Ready pod/keeper pod/once --timeout=60s');
  const pods = 'kubectl get pods -o name';
  const uids = 'kubectl get pods -A -o jsonpath=\'{range .items[*]}{.metadata.uid}{"\\n"}{end}\' | sort';
  const [names, before, token] = [await lab.ok(pods), await lab.ok(uids), lab.cluster.adminToken];
  const past = lab.now;
  const { revision } = lab.cluster.memory;
  await lab.pass(30);

  lab = await cutPower(lab, options, disk);
  expect(lab.now).toBeGreaterThan(past + 30_000);
  expect(lab.cluster.adminToken).toBe(token);
  await lab.ok('kubectl rollout status deployment web --timeout=60s');
  await lab.ok('kubectl wait --for=condition=Ready pod/keeper --timeout=60s');
  expect(await lab.ok(pods)).toBe(names);
  expect(await lab.ok(uids)).toBe(before);
  expect(await lab.ok('cat note')).toBe('mine\n');

  // @upstream containerd internal/cri/server/restart.go: what ran when the power went ended with 255, Unknown.
  const status = await lab.ok("kubectl get pod keeper -o jsonpath='{.status.containerStatuses[0]}'");
  expect(JSON.parse(status)).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
  });
  expect(await lab.ok('kubectl logs keeper --previous')).toBe('started 0\n');
  // The emptyDir on the disk is the same, the one in memory is new.
  expect(await lab.ok('kubectl logs keeper')).toBe('started 1\n');
  expect(await lab.ok('kubectl get pod once --no-headers')).toMatch(/ (Error|Unknown|Failed) +0 /);
  expect(await lab.ok('kubectl get nodes --no-headers | grep -c " Ready "')).toBe('3\n');
  expect(await lab.ok('kubectl get pods -n kube-system --no-headers | grep -cv Running || true')).toBe('0\n');

  // The past is still there to look at.
  expect(lab.cluster.history.revisionAt(past)).toBe(revision);
  expect(lab.cluster.digestAt(past)).toMatch(/^[0-9a-f]{16}$/);

  // And nothing that is made now is called like something of before.
  await lab.ok('kubectl scale deployment web --replicas=12 && kubectl rollout status deployment web');
  const all = (await lab.ok(uids)).trim().split('\n');
  expect(new Set(all).size).toBe(all.length);
  lab.stop();
});

test('what was broken is still broken', { timeout: 120_000 }, async () => {
  const options: ClusterOptions = { nodes: 3, seed: 5 };
  const disk = new Map<string, string>();
  let lab = await bootKept(options);
  await lab.fault({ do: 'node.crash', node: 'node-1' });
  await lab.fault({ do: 'node.add', node: 'extra' });
  await lab.fault({ do: 'node.remove', node: 'node-2' });
  await lab.fault({ do: 'image.unavailable', image: 'docker.io/library/redis' });
  await lab.pass(60);
  lab = await cutPower(lab, options, disk);
  await lab.pass(20);
  expect(lab.cluster.faults.list().map(({ fault }) => fault.do)).toEqual([
    'node.crash',
    'node.remove',
    'image.unavailable',
  ]);
  expect([...lab.cluster.machines.keys()]).toEqual(['control-plane', 'node-1', 'extra']);
  expect(await lab.ok('kubectl get node extra --no-headers')).toContain(' Ready ');
  expect(await lab.ok('kubectl get node node-1 --no-headers')).toContain('NotReady');
  await lab.fault({ do: 'node.recover', node: 'node-1' });
  await lab.pass(30);
  expect(await lab.ok('kubectl get node node-1 --no-headers')).toContain(' Ready ');
  await lab.ok('kubectl create deployment cache --image=redis:7');
  await lab.pass(20);
  expect(await lab.ok('kubectl get pods --no-headers')).toMatch(/ErrImagePull|ImagePullBackOff/);
  lab.stop();
});

test('a cut while the cluster comes up for the first time: it comes up all the same', {
  timeout: 120_000,
}, async () => {
  const options: ClusterOptions = { nodes: 2, seed: 6 };
  for (const afterMs of [300, 2_500, 9_000, 14_000]) {
    const disk = new Map<string, string>();
    const cluster = await createCluster(nodeHost(), options, { ledger: new ChangeLog() });
    await cluster.loop.runUntil(cluster.loop.now() + afterMs);
    const lab = await cutPower(Lab.of(cluster), options, disk);
    expect(await lab.ok('kubectl get nodes --no-headers | grep -c " Ready "')).toBe('2\n');
    await lab.ok('kubectl create deployment web --image=nginx && kubectl rollout status deployment web --timeout=60s');
    lab.stop();
  }
});
