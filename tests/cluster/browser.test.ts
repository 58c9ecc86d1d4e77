/** What a web browser at the workstation is answered: pages, refusals, silence, certificates. */
import { expect, test } from 'vitest';
import type { PageAnswer, PageRequest } from '#engine/cluster';
import { Lab } from './lab.ts';

const ask = (lab: Lab, url: string, more: Partial<PageRequest> = {}) =>
  lab.settled(lab.cluster.submit({ type: 'fetch', method: 'GET', url, headers: {}, ...more }) as Promise<PageAnswer>);

test('NodePorts, closed ports, crashed Nodes, certificates', { timeout: 60_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  await lab.ok('kubectl create deployment web --image=nginx && kubectl rollout status deployment web');
  await lab.ok('kubectl expose deployment web --type=NodePort --port=80');
  await lab.pass(5);
  const port = await lab.ok("kubectl get service web -o jsonpath='{.spec.ports[0].nodePort}'");
  const node = await lab.ok(
    'kubectl get node node-1 -o jsonpath=\'{.status.addresses[?(@.type=="InternalIP")].address}\'',
  );
  const page = await ask(lab, `http://${node}:${port}/`);
  expect(page).toMatchObject({ status: 200, cut: false });
  expect('body' in page && new TextDecoder().decode(page.body)).toContain('Welcome to nginx!');
  expect(await ask(lab, `http://${node}:${port}/none`)).toMatchObject({ status: 404 });
  expect(await ask(lab, `http://${node}:1/`)).toMatchObject({ failed: 'ECONNREFUSED' });
  expect(await ask(lab, 'http://nowhere.example/')).toMatchObject({ failed: 'ENOTFOUND' });
  expect(await ask(lab, `http://node-1:${port}/`)).toMatchObject({ status: 200 });
  expect(await ask(lab, 'http:///')).toMatchObject({ failed: 'ENOTFOUND' });
  expect(await ask(lab, 'https://172.18.0.2:6443/version')).toMatchObject({ failed: 'certificate' });
  expect(await ask(lab, 'https://172.18.0.2:6443/version', { insecure: true })).toMatchObject({ status: 200 });
  await lab.fault({ do: 'node.crash', node: 'node-1' });
  const before = lab.now;
  expect(await ask(lab, `http://${node}:${port}/`)).toMatchObject({ failed: 'ETIMEDOUT' });
  expect(lab.now - before).toBeGreaterThan(60_000);
  lab.stop();
});
