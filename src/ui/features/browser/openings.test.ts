import { expect, test } from 'vitest';
import { parseAddress, resolveLink, shownAddress } from './address.ts';
import { createCookieJar } from './cookies.ts';
import { openingsOf } from './openings.ts';

test.each([
  ['172.18.0.3:30080', 'http://172.18.0.3:30080/'],
  [' localhost:8080/a?b=1 ', 'http://localhost:8080/a?b=1'],
  ['https://172.18.0.2:6443', 'https://172.18.0.2:6443/'],
  ['http://user:secret@web/', 'http://web/'],
  ['javascript:alert(1)', undefined],
  ['file:///etc/passwd', undefined],
  ['data:text/html,<b>', undefined],
  ['', undefined],
  ['x'.repeat(9000), undefined],
])('%s typed means %s', (typed, url) => expect(parseAddress(typed)).toBe(url));

test('a link is seen from its page, and nothing but http is followed', () => {
  expect(resolveLink('../b', 'http://web/a/c')).toBe('http://web/b');
  expect(resolveLink('//other/x', 'http://web/')).toBe('http://other/x');
  expect(resolveLink(' javascript:alert(1)', 'http://web/')).toBeUndefined();
  expect(shownAddress('http://web:80/')).toBe('web:80');
});

test('cookies of a host come back to it, and go when they expire', () => {
  const jar = createCookieJar();
  jar.take('http://web/', 'a=1; Path=/, b=2; Expires=Thu, 01 Jan 2027 00:00:00 GMT; Path=/admin');
  expect(jar.for('http://web:30080/')).toBe('a=1');
  expect(jar.for('http://web/admin/x')).toBe('a=1; b=2');
  expect(jar.for('http://other/')).toBe('');
  jar.take('http://web/', 'a=; Max-Age=0');
  expect(jar.for('http://web/')).toBe('');
});

test('NodePorts through a Node, load balancers by their address, pending ones said to be', () => {
  const service = (name: string, spec: object, status: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'work' },
    spec,
    status,
  });
  const services = [
    service('web', {
      type: 'NodePort',
      ports: [
        { port: 80, nodePort: 30080 },
        { port: 53, nodePort: 30053, protocol: 'UDP' },
      ],
    }),
    service(
      'safe',
      { type: 'LoadBalancer', ports: [{ name: 'https', port: 443 }] },
      { loadBalancer: { ingress: [{ ip: '10.0.0.9' }] } },
    ),
    service('waiting', { type: 'LoadBalancer', ports: [{ port: 8080 }] }),
    service('inside', { type: 'ClusterIP', ports: [{ port: 80 }] }),
  ] as unknown as Parameters<typeof openingsOf>[0];
  expect(openingsOf(services, '172.18.0.3').map(({ service: name, url, pending }) => [name, url, pending])).toEqual([
    ['web', 'http://172.18.0.3:30080/', false],
    ['safe', 'https://10.0.0.9/', false],
    ['waiting', '', true],
  ]);
});
