import { expect, test } from 'vitest';
import { type CollectedObject, imagesOf } from './collect.ts';
import { isSimulated, kindScript, minikubeScript, nodePortsOf } from './scripts.ts';
import { inApplyOrder } from './user-objects.ts';

const object = (kind: string, name: string, rest: object = {}): CollectedObject => ({
  kind,
  namespace: 'default',
  name,
  object: { kind, metadata: { name }, ...rest },
});

test('what others need comes first, webhooks last', () => {
  const kinds = ['Ingress', 'Widget', 'ValidatingWebhookConfiguration', 'Deployment', 'Secret', 'Namespace', 'Service'];
  expect(
    kinds
      .map((kind) => object(kind, 'x'))
      .toSorted(inApplyOrder)
      .map(({ kind }) => kind),
  ).toEqual(['Namespace', 'Secret', 'Service', 'Deployment', 'Ingress', 'Widget', 'ValidatingWebhookConfiguration']);
});

test('scripts: as many Nodes, ports that can be reached, images that have to be built', () => {
  const objects = [
    object('Service', 'web', { spec: { ports: [{ port: 80, nodePort: 30080 }, { port: 81 }] } }),
    object('Deployment', 'web', {
      spec: { template: { spec: { containers: [{ image: 'nginx' }, { image: 'lesson.local/shop:1' }] } } },
    }),
  ];
  const simulated = imagesOf(objects).filter(isSimulated);
  expect(simulated).toEqual(['lesson.local/shop:1']);
  const facts = { nodes: 3, nodePorts: nodePortsOf(objects), simulated };
  const kind = kindScript(facts);
  expect(kind.match(/role: worker/g)).toHaveLength(2);
  expect(kind).toContain('containerPort: 30080, hostPort: 30080');
  expect(kind).toContain('kind load docker-image --name podarium lesson.local/shop:1');
  expect(minikubeScript(facts)).toContain('minikube start --profile podarium --nodes 3');
});
