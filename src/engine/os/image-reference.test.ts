import { expect, test } from 'vitest';
import { formatReference, normalizeReference } from './index.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
  ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app:v1', 'localhost:5000/app:v1'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
  [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
  [`nginx:1@${digest}`, `docker.io/library/nginx:1@${digest}`],
])('%s', (short, long) => {
  expect(formatReference(normalizeReference(short))).toBe(long);
});

test.each([
  ['Bad_Image:1', 'invalid reference format: repository name (library/Bad_Image) must be lowercase'],
  ['', 'invalid reference format'],
  ['nginx:', 'invalid reference format'],
  ['a//b', 'invalid reference format'],
  ['-x', 'invalid reference format'],
  ['nginx@sha256:abc', 'invalid reference format'],
])('%s is refused', (name, message) => {
  expect(() => normalizeReference(name)).toThrow(message);
});
