import { describe, expect, it } from 'vitest';
import {
  configMaps,
  type EndpointSlice,
  endpointSlices,
  nodes,
  type Pod,
  pods,
  type Service,
  services,
} from '#engine/api';
import { relationsOf } from './related.ts';

const pod = {
  metadata: { name: 'web-1', namespace: 'work', uid: 'u1', labels: { app: 'web' } },
  spec: {
    nodeName: 'one',
    serviceAccountName: 'default',
    containers: [{ name: 'c', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }],
    volumes: [{ name: 'v', secret: { secretName: 'certs' } }],
  },
  status: {},
} as unknown as Pod;
const service = {
  metadata: { name: 'web', namespace: 'work' },
  spec: { selector: { app: 'web' } },
} as unknown as Service;
const slice = {
  metadata: { name: 'web-x', namespace: 'work', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [{ addresses: ['10.0.0.1'], targetRef: { kind: 'Pod', name: 'web-1', uid: 'u1' } }],
} as unknown as EndpointSlice;
const around = { pods: [pod], services: [service], slices: [slice] };

describe('relations', () => {
  const names = (found: ReturnType<typeof relationsOf>) =>
    Object.fromEntries(
      found.map(({ word, objects }) => [word, objects.map(({ resource, name }) => `${resource.plural}/${name}`)]),
    );

  it('of a Pod', () => {
    expect(names(relationsOf({ resource: pods, namespace: 'work', name: 'web-1' }, pod, around))).toEqual({
      selectedBy: ['services/web'],
      endpoints: ['endpointslices/web-x'],
      uses: ['configmaps/settings', 'secrets/certs', 'serviceaccounts/default'],
    });
  });

  it('of a Service, of its slice, of a Node, of what a Pod uses: the same links from the other side', () => {
    expect(names(relationsOf({ resource: services, namespace: 'work', name: 'web' }, service, around))).toEqual({
      selects: ['pods/web-1'],
      endpoints: ['endpointslices/web-x'],
    });
    expect(names(relationsOf({ resource: endpointSlices, namespace: 'work', name: 'web-x' }, slice, around))).toEqual({
      usedBy: ['services/web'],
      selects: ['pods/web-1'],
    });
    const one = { metadata: { name: 'one' } };
    expect(names(relationsOf({ resource: nodes, name: 'one' }, one as never, around))).toEqual({
      runsOn: ['pods/web-1'],
    });
    const settings = { metadata: { name: 'settings', namespace: 'work' } };
    expect(
      names(relationsOf({ resource: configMaps, namespace: 'work', name: 'settings' }, settings as never, around)),
    ).toEqual({ usedBy: ['pods/web-1'] });
    expect(relationsOf({ resource: configMaps, namespace: 'work', name: 'other' }, settings as never, around)).toEqual(
      [],
    );
  });
});
