import { expect, test } from 'vitest';
import type { Deployment } from '#engine/api';
import { stageOf } from './stage.ts';

const hello = (image: string, status: Deployment['status'], generation = 2): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello', generation },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'hello' } },
    template: { metadata: {}, spec: { containers: [{ name: 'web', image }] } },
  },
  status,
});
const done = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3 };

test.each([
  ['broken', hello('ngnix:1.27', { observedGeneration: 2, replicas: 3, updatedReplicas: 3 })],
  ['mending', hello('nginx:1.27', { observedGeneration: 2, replicas: 4, updatedReplicas: 1 })],
  ['mending', hello('nginx:1.27', { ...done, replicas: 4 })],
  ['mending', hello('nginx:1.27', done, 3)],
  ['mended', hello('nginx:1.27', done)],
])('%s', (stage, deployment) => {
  expect(stageOf(deployment).stage).toBe(stage);
});
