/** What Pods write into claims is there for the next Pod. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Lab } from './lab.ts';

const example = (name: string) => readFileSync(`src/ui/features/editor/examples/${name}.yaml`, 'utf8');

const apply = async (lab: Lab, text: string) => {
  const documents = text.split(/^---$/m);
  for (const document of documents) await lab.ok(`cat <<'EOF' | kubectl apply -f -\n${document}\nEOF`);
};

test('volumes by hand and on demand keep their files; a deleted claim frees them', { timeout: 120_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  await apply(lab, example('45-persistent-volume'));
  await lab.pass(20);
  expect(await lab.ok('kubectl get pvc shelf --no-headers')).toMatch(/^shelf +Bound +shelf +1Gi +RWO +by-hand /);
  const before = await lab.ok('kubectl logs writer');
  const node = await lab.ok("kubectl get pod writer -o jsonpath='{.spec.nodeName}'");
  await lab.ok('kubectl delete pod writer --wait=false');
  await lab.pass(40);
  // hostPath knows nothing of Nodes: the Pod has to come back to the same one.
  const pod = example('45-persistent-volume').split(/^---$/m)[2] as string;
  await apply(lab, pod.replace('  containers:', `  nodeName: ${node}\n  containers:`));
  await lab.pass(20);
  const after = await lab.ok('kubectl logs writer');
  expect(after.startsWith(before)).toBe(true);
  expect(after.trim().split('\n')).toHaveLength(2);

  await apply(lab, example('48-storage-on-demand'));
  await apply(lab, example('49-claim-on-demand'));
  await lab.pass(60);
  expect(await lab.ok('kubectl get pvc memory --no-headers')).toMatch(
    /^memory +Bound +pvc-\S+ +256Mi +RWO +local-path /,
  );
  const redis = async () => (await lab.ok('kubectl get pods -l app=memory -o name')).trim();
  await lab.ok(`kubectl exec ${await redis()} -- redis-cli set answer 42`);
  await lab.pass(5);
  await lab.ok(`kubectl delete ${await redis()} --wait=false`);
  await lab.pass(60);
  expect(await lab.ok(`kubectl exec ${await redis()} -- redis-cli get answer`)).toContain('42');
  const reasons = await lab.ok('kubectl get events --field-selector involvedObject.name=memory -o name | wc -l');
  expect(Number(reasons)).toBeGreaterThan(2);
  await lab.ok('kubectl delete deployment memory --wait=false');
  await lab.ok('kubectl delete pvc memory --wait=false');
  await lab.pass(60);
  expect(await lab.ok('kubectl get pv --no-headers')).toMatch(/^shelf .*\n$/);
  expect(await lab.ok('kubectl get pods -n local-path-storage -o name')).not.toContain('helper');
  lab.stop();
});
