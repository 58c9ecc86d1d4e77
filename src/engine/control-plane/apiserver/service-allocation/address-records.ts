/**
 * The IPAddress objects that stand for addresses of Services.
 * @upstream pkg/registry/core/service/ipallocator/ipallocator.go
 */
import { ipAddresses, type Service } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { formatTime, type World } from '#engine/sim';
import type { Store } from '../registry/generic/store.ts';

export interface AddressRecords {
  /** Whether anybody holds the address, be it no Service of ours. */
  holds(address: string): boolean;
  /** False when somebody holds it already. */
  record(address: string, service: Pick<Service['metadata'], 'name' | 'namespace'>): boolean;
  forget(address: string): void;
}

const LABELS = Object.freeze({
  'ipaddress.kubernetes.io/ip-family': 'IPv4',
  'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
});
const FIELDS = Object.freeze({
  'f:metadata': {
    'f:labels': {
      '.': {},
      'f:ipaddress.kubernetes.io/ip-family': {},
      'f:ipaddress.kubernetes.io/managed-by': {},
    },
  },
  'f:spec': { 'f:parentRef': { '.': {}, 'f:name': {}, 'f:namespace': {}, 'f:resource': {} } },
});

export function createAddressRecords(world: World, store: Store | undefined): AddressRecords {
  return {
    holds: (address) => store?.find(undefined, address) !== undefined,
    record(address, { name, namespace = '' }) {
      const entry = {
        manager: 'kube-apiserver',
        operation: 'Update',
        apiVersion: 'networking.k8s.io/v1',
        time: formatTime(world.clock.now()),
        fieldsType: 'FieldsV1',
        fieldsV1: FIELDS,
      };
      const object = {
        apiVersion: 'networking.k8s.io/v1',
        kind: ipAddresses.kind,
        metadata: { name: address, labels: LABELS, managedFields: [entry] },
        spec: { parentRef: { resource: 'services', namespace, name } },
      };
      return store?.seed(undefined, object as unknown as KubeObject) ?? true;
    },
    forget: (address) => store?.unseed(undefined, address),
  };
}
