import { expect, test } from 'vitest';
import { deployments, nodes, pods } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { commandsFor, describeLine, scaleLine } from './kubectl-lines.ts';

const web = { metadata: { name: 'web' }, spec: { replicas: 3 } } as unknown as KubeObject;

test('each button has its command', () => {
  const lines = (reference: Parameters<typeof commandsFor>[0]) => commandsFor(reference, web).map(({ line }) => line);
  expect(lines({ resource: deployments, namespace: 'work', name: 'web' })).toEqual([
    'kubectl scale deployment/web -n work --replicas=4',
    'kubectl rollout restart deployment/web -n work',
    'kubectl rollout undo deployment/web -n work',
    'kubectl delete deployment/web -n work',
  ]);
  expect(lines({ resource: pods, namespace: 'work', name: 'web' })).toEqual([
    'kubectl exec -it web -n work -- sh',
    'kubectl delete pod/web -n work',
  ]);
  expect(lines({ resource: nodes, name: 'one' })).toEqual([
    'kubectl cordon one',
    'kubectl drain one --ignore-daemonsets --delete-emptydir-data --force',
    'kubectl delete node/one',
  ]);
});

test('describe and scale', () => {
  expect(describeLine({ resource: nodes, name: 'one' })).toBe('kubectl describe node/one');
  expect(scaleLine({ resource: deployments, namespace: 'a', name: 'b' }, 0)).toBe(
    'kubectl scale deployment/b -n a --replicas=0',
  );
});
