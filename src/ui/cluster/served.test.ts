import { expect, test, vi } from 'vitest';
import type { Client } from '#engine/client-go';
import { createServed } from './served.ts';

const resource = (name: string, kind: string) => ({
  resource: name,
  responseKind: { kind },
  scope: 'Cluster',
  verbs: ['list', 'watch'],
});

test('a new definition of a kind is served without asking again', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => setTimeout(act, 1));
  const kinds = [resource('customresourcedefinitions', 'CustomResourceDefinition')];
  let reads = 0;
  const request = async (_method: string, path: string) => {
    if (path === '/apis') reads++;
    const items =
      path === '/api'
        ? []
        : [{ metadata: { name: 'apiextensions.k8s.io' }, versions: [{ version: 'v1', resources: [...kinds] }] }];
    return { body: { kind: 'json', value: { items } } };
  };
  const listeners: (() => void)[] = [];
  const served = createServed({ request } as unknown as Client, () => ({
    get: () => ({ items: [] }),
    subscribe: (listener) => {
      listeners.push(listener);
      return () => undefined;
    },
  }));
  let told = 0;
  const stop = served.subscribe(() => told++);
  await vi.advanceTimersByTimeAsync(50);
  const plurals = () => served.get()?.flatMap(({ resources }) => resources.map(({ plural }) => plural));
  expect(plurals()).toEqual(['customresourcedefinitions']);
  kinds.push(resource('crontabs', 'CronTab'));
  for (const listener of listeners) listener();
  for (const listener of listeners) listener();
  await vi.advanceTimersByTimeAsync(1000);
  expect(plurals()).toEqual(['customresourcedefinitions', 'crontabs']);
  expect([reads, told]).toEqual([2, 2]);
  stop();
  vi.useRealTimers();
});
