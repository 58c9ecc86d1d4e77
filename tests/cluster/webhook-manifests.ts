/** Objects that tests of webhooks make. */
import { certificates } from '../../src/engine/apimachinery/x509/test-certificates.ts';

/** The namespace of webhooks, and of what they are about. */
export const NS = 'hooks';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const MERGE = 'application/merge-patch+json';
export const inNs = (plural: string, name = '', ns = NS) => `/api/v1/namespaces/${ns}/${plural}${name && `/${name}`}`;
export type Kind = 'Validating' | 'Mutating';
export const collection = (kind: Kind) => `${ADMISSION}/${kind.toLowerCase()}webhookconfigurations`;

export const secret = (name: string, certificate: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { 'tls.crt': certificate, 'tls.key': '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n' },
});
export const pod = (name: string, labels: object, container: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image: 'registry.k8s.io/pause:3.10', ...container }] },
});

export const ca = (pem: string): string => btoa(pem);
export const client = (path: string, rest: object = {}) => ({
  clientConfig: {
    service: { namespace: NS, name: 'hook', path, port: 8443 },
    caBundle: ca(certificates.authority),
    ...rest,
  },
});
export const rule = (operations: readonly string[], resource: string, group = '', versions = ['v1']) => ({
  operations,
  apiGroups: [group],
  apiVersions: versions,
  resources: [resource],
});
export const hook = (name: string, path: string, rules: readonly object[], rest: object = {}) => ({
  name: `${name}.k8s.io`,
  rules,
  ...client(path),
  sideEffects: 'None',
  admissionReviewVersions: ['v1', 'v1beta1'],
  namespaceSelector: { matchLabels: { hooked: 'yes' } },
  ...rest,
});

export const cm = (name: string, data?: object) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...(data && { data }),
});
export const UNWANTED = { 'webhook-e2e-test': 'webhook-disallow' };
export const UNDELETABLE = { 'webhook-e2e-test': 'webhook-nondeletable' };
export const START = { 'mutation-start': 'yes' };

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
export const served = (name: string, storage: boolean, properties: object = { data: anything }) => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object', properties } },
});
export const crd = (plural: string, group: string, versions: readonly object[], spec: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: { group, scope: 'Namespaced', names: { plural, kind: 'Thing' }, versions, ...spec },
});
