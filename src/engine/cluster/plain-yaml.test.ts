import { expect, test } from 'vitest';
import { parseYaml } from '#engine/apimachinery/yaml';
import { plainYaml } from './plain-yaml.ts';
import { staticPods } from './static-pods.ts';

test.each([
  ['maps in lists', { spec: { containers: [{ name: 'a', ports: [{ port: 80 }, { port: 81 }] }, { name: 'b' }] } }],
  [
    'texts that need quotes',
    { a: 'yes', b: '12', c: '', d: 'a: b', e: '# no', f: '- x', g: '127.0.0.1', h: 'two\nlines' },
  ],
  [
    'texts that need none',
    { a: 'https://10.0.0.1:6443', b: '/var/lib', c: 'registry.k8s.io/etcd:3.6.8-0', d: 'Node,RBAC' },
  ],
  ['scalars', { a: 1, b: true, c: 2_000_001_000, d: {}, e: [] }],
  ['lists of scalars', { command: ['etcd', '--data-dir=/var/lib/etcd', '-v'] }],
])('%s come back as they were', (_name, value) => {
  expect(parseYaml(plainYaml(value)).value).toEqual(value);
});

test('a static Pod is what its file says', () => {
  for (const { text, pod } of staticPods('172.18.0.2', '10.244.0.0/16')) expect(parseYaml(text).value).toEqual(pod);
});
