import { expect, test } from 'vitest';
import { createFileSystem, createVolume } from '#engine/os';
import { Loop } from '#engine/sim';
import { createImageRegistry, suggestImage } from '../index.ts';

const registry = createImageRegistry();

test.each([
  ['nginx', 'docker.io/library/nginx', '1.29.4'],
  ['nginx:1.14.2', 'docker.io/library/nginx', '1.14.2'],
  ['nginx:1.27-alpine', 'docker.io/library/nginx', '1.27.5'],
  ['nginx:alpine', 'docker.io/library/nginx', '1.29.4'],
])('%s', async (reference, name, version) => {
  const image = await registry.resolve(reference);
  expect(image.name).toBe(name);
  expect(image.config.env).toContain(`NGINX_VERSION=${version}`);
  expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(image.sizeBytes).toBeGreaterThan(1e6);
  expect((await registry.resolve(reference)).layers).toBe(image.layers);
});

test.each([
  'busybox',
  'busybox:1.28',
  'alpine',
  'debian:bookworm-slim',
  'ubuntu',
  'redis:7',
  'redis:6.0.5',
  'redis:alpine',
  'httpd:2.4',
  'curlimages/curl',
  'registry.k8s.io/pause:3.10',
  'registry.k8s.io/e2e-test-images/agnhost:2.39',
  'registry.k8s.io/e2e-test-images/httpd:2.4.38-4',
  'registry.k8s.io/e2e-test-images/nginx:1.14-4',
  'perl:5.34.0',
  'mysql:5.7',
  'busybox:latest',
  'podarium.local/workstation:latest',
  'quay.io/somebody/thing:v3',
  'python:3.9-slim',
])('%s is found and its files can be mounted', async (reference) => {
  const image = await registry.resolve(reference);
  const clock = new Loop({ settle: () => Promise.resolve(), trace: () => undefined }, 0);
  const fs = createFileSystem([{ path: '/', volume: createVolume(clock, { layers: image.layers }) }]);
  expect(fs.readdir('/').length).toBeGreaterThan(0);
});

test.each([
  ['nginx:1.161', 'failed to resolve image: docker.io/library/nginx:1.161: not found'],
  ['ngnix', 'failed to resolve image: docker.io/library/ngnix:latest: not found'],
  ['nosuch/repo:1', 'failed to resolve image: docker.io/nosuch/repo:1: not found'],
  ['podarium.local/nope:1', 'failed to resolve image: podarium.local/nope:1: not found'],
])('%s does not exist', async (reference, message) => {
  await expect(registry.resolve(reference)).rejects.toMatchObject({ code: 'NotFound', message });
});

test('digests depend on content, tags that mean the same share one', async () => {
  const [latest, exact, other] = await Promise.all(
    ['nginx', 'nginx:1.29.4', 'nginx:1.14.2'].map((name) => registry.resolve(name)),
  );
  expect(latest?.digest).toBe(exact?.digest);
  expect(latest?.digest).not.toBe(other?.digest);
  expect((await registry.resolve(`nginx@${latest?.digest}`)).id).toBe(latest?.id);
});

test('images from outside come first, unknown ones can be refused', async () => {
  const nginx = await registry.resolve('nginx');
  const own = createImageRegistry({
    extraImages: [{ ...nginx, name: 'docker.io/library/mine', tag: 'v1' }],
    unknown: 'not-found',
  });
  expect((await own.resolve('mine:v1')).name).toBe('docker.io/library/mine');
  await expect(own.resolve('mine:v2')).rejects.toThrow('not found');
  await expect(own.resolve('nosuch/repo:1')).rejects.toThrow(
    'failed to resolve image: docker.io/nosuch/repo:1: not found',
  );
});

test('a hint for a typing error', () => {
  expect(suggestImage('ngnix:1.2')).toBe('nginx');
  expect(suggestImage('xyzzy')).toBeUndefined();
});
