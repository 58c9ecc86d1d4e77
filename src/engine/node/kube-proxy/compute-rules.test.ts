import { describe, expect, test } from 'vitest';
import type { EndpointSlice, Service } from '#engine/api';
import { endpointChain, serviceChain } from './chain-name.ts';
import { computeRules } from './compute-rules.ts';
import { iptablesSave } from './iptables-save.ts';

test.each([
  ['default/kubernetes:https', 'TCP', 'KUBE-SVC-NPX46M4PTMTKRN6Y'],
  ['kube-system/kube-dns:dns', 'UDP', 'KUBE-SVC-TCOU7JCQXEZGVUNU'],
  ['kube-system/kube-dns:dns-tcp', 'TCP', 'KUBE-SVC-ERIFXISQEP7F7OF4'],
])('the chain of %s %s is the one every cluster has', (name, protocol, chain) => {
  expect(serviceChain('SVC', name, protocol)).toBe(chain);
});

const service = (spec: Partial<Service['spec']>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'd' },
  spec: { clusterIP: '10.96.0.9', ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
  status: {},
});
type Conditions = { ready?: boolean; serving?: boolean; terminating?: boolean };
const slice = (endpoints: readonly (readonly [string, string, Conditions?])[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'd' },
  addressType: 'IPv4',
  ports: [{ name: 'http', port: 8080 }],
  endpoints: endpoints.map(([address, nodeName, conditions = { ready: true }]) => ({
    addresses: [address],
    nodeName,
    conditions,
  })),
});
const rulesFor = (of: Service, slices: readonly EndpointSlice[], nodeName = 'n1') =>
  computeRules({ services: [of], slicesOf: () => slices, nodeName });
const addresses = (rules: ReturnType<typeof rulesFor>, key: string, ports = false) =>
  (ports ? rules.forwarding.nodePorts : rules.forwarding.virtual)
    .get(key)
    ?.endpoints.map((endpoint) => endpoint.address);

describe('which endpoints get traffic', () => {
  test.each<
    [
      string,
      Partial<Service['spec']>,
      readonly (readonly [string, string, Conditions?])[],
      readonly string[] | undefined,
    ]
  >([
    [
      'ready ones',
      {},
      [
        ['10.1.0.2', 'n2'],
        ['10.1.0.1', 'n1'],
        ['10.1.0.3', 'n1', { ready: false }],
      ],
      ['10.1.0.1', '10.1.0.2'],
    ],
    [
      'terminating but serving ones when none is ready',
      {},
      [['10.1.0.1', 'n1', { ready: false, serving: true, terminating: true }]],
      ['10.1.0.1'],
    ],
    ['nobody when none serves', {}, [['10.1.0.1', 'n1', { ready: false, serving: false }]], []],
    [
      'local ones under internalTrafficPolicy Local',
      { internalTrafficPolicy: 'Local' },
      [
        ['10.1.0.1', 'n1'],
        ['10.1.0.2', 'n2'],
      ],
      ['10.1.0.1'],
    ],
    ['no rule for headless', { clusterIP: 'None' }, [['10.1.0.1', 'n1']], undefined],
  ])('%s', (_, spec, endpoints, expected) => {
    expect(addresses(rulesFor(service(spec), [slice(endpoints)]), 'TCP 10.96.0.9:80')).toEqual(expected);
  });

  test('NodePort: all with masquerade, or local ones without', () => {
    const of = (policy: string) =>
      service({
        type: 'NodePort',
        externalTrafficPolicy: policy,
        ports: [{ name: 'http', port: 80, nodePort: 30080 }],
      });
    const slices = [
      slice([
        ['10.1.0.1', 'n1'],
        ['10.1.0.2', 'n2'],
      ]),
    ];
    const cluster = rulesFor(of('Cluster'), slices).forwarding.nodePorts.get('TCP 30080');
    expect([cluster?.endpoints.length, cluster?.masquerade]).toEqual([2, true]);
    const local = rulesFor(of('Local'), slices).forwarding.nodePorts.get('TCP 30080');
    expect([local?.endpoints.map((endpoint) => endpoint.address), local?.masquerade, local?.reject]).toEqual([
      ['10.1.0.1'],
      false,
      false,
    ]);
    const elsewhere = rulesFor(of('Local'), slices, 'n3').forwarding.nodePorts.get('TCP 30080');
    expect([elsewhere?.endpoints.length, elsewhere?.reject]).toEqual([0, false]);
  });

  test('a Service without endpoints refuses', () => {
    expect(rulesFor(service({}), []).forwarding.virtual.get('TCP 10.96.0.9:80')?.reject).toBe(true);
  });
});

test('equal inputs share their result, whichever the Node', () => {
  const [of, slices] = [service({}), [slice([['10.1.0.1', 'n1']])]];
  expect(rulesFor(of, slices, 'n1').forwarding).toBe(rulesFor(of, slices, 'n2').forwarding);
});

test('iptables-save', () => {
  const text = iptablesSave(
    rulesFor(service({ sessionAffinity: 'ClientIP' }), [
      slice([
        ['10.1.0.1', 'n1'],
        ['10.1.0.2', 'n2'],
      ]),
    ]),
    '10.244.0.0/16',
  );
  const svc = serviceChain('SVC', 'd/web:http', 'TCP');
  const sep = endpointChain('d/web:http', 'TCP', '10.1.0.1:8080');
  for (const line of [
    `-A KUBE-SERVICES -m comment --comment "d/web:http cluster IP" -m tcp -p tcp -d 10.96.0.9 --dport 80 -j ${svc}`,
    `-A ${svc} -m comment --comment "d/web:http cluster IP" -m tcp -p tcp -d 10.96.0.9 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ`,
    `-A ${svc} -m comment --comment "d/web:http -> 10.1.0.1:8080" -m recent --name ${sep} --rcheck --seconds 10800 --reap -j ${sep}`,
    `-A ${svc} -m comment --comment "d/web:http -> 10.1.0.1:8080" -m statistic --mode random --probability 0.5000000000 -j ${sep}`,
    `-A ${sep} -m comment --comment d/web:http -s 10.1.0.1 -j KUBE-MARK-MASQ`,
    `-A ${sep} -m comment --comment d/web:http -m recent --name ${sep} --set -m tcp -p tcp -j DNAT --to-destination 10.1.0.1:8080`,
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});
