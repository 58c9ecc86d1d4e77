/**
 * Every public example manifest applies, or is refused with upstream's words. What exactly comes back is compared by the conformance suite
 * (`manifest/…`) where it was recorded; here it is all of them, those that were not recorded too.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resourcesServed } from '#engine/api';
import { parseYamlDocuments } from '../../src/engine/apimachinery/yaml/index.ts';
import { Target } from '../conformance/target.ts';

const DIRECTORY = '../shared/oracle/manifests';
const present = existsSync(DIRECTORY);
if (!present) process.stderr.write(`notice: no recordings at ${DIRECTORY}; the manifests are skipped\n`);

interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly items?: readonly Manifest[];
}

function notServed(kind: string, version: string): string {
  return `no matches for kind "${kind}" in version "${version}"`;
}

const JOB_TEMPLATE =
  "Job.batch \"process-item-$ITEM\" is invalid: [metadata.name: Invalid value: \"process-item-$ITEM\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), spec.template.labels: Invalid value: \"process-item-$ITEM\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]";

/** Files of which a real API server refuses something, and what it says. */
const REFUSED: { readonly [file: string]: readonly string[] } = {
  // Versions that 1.36 no longer serves, or not unless asked to.
  'access/deployment-replicas-policy.yaml': [
    notServed('ValidatingAdmissionPolicy', 'admissionregistration.k8s.io/v1alpha1'),
  ],
  'access/image-matches-namespace-environment.policy.yaml': [
    notServed('ValidatingAdmissionPolicy', 'admissionregistration.k8s.io/v1beta1'),
  ],
  'validatingadmissionpolicy/binding-with-param-prod.yaml': [
    notServed('ValidatingAdmissionPolicyBinding', 'admissionregistration.k8s.io/v1beta1'),
  ],
  'validatingadmissionpolicy/policy-with-param.yaml': [
    notServed('ValidatingAdmissionPolicy', 'admissionregistration.k8s.io/v1beta1'),
  ],
  'validatingadmissionpolicy/typechecking.yaml': [
    notServed('ValidatingAdmissionPolicy', 'admissionregistration.k8s.io/v1beta1'),
  ],
  'policy/baseline-psp.yaml': [notServed('PodSecurityPolicy', 'policy/v1beta1')],
  'policy/example-psp.yaml': [notServed('PodSecurityPolicy', 'policy/v1beta1')],
  // Objects of somebody's own kinds, and files that are no objects.
  'validatingadmissionpolicy/replicalimit-param-prod.yaml': [notServed('ReplicaLimit', 'rules.example.com/v1')],
  'validatingadmissionpolicy/replicalimit-param.yaml': [notServed('ReplicaLimit', 'rules.example.com/v1')],
  'pods/security/seccomp/kind.yaml': [notServed('Cluster', 'kind.x-k8s.io/v1alpha4')],
  'pods/security/seccomp/profiles/audit.json': [notServed('', '')],
  'pods/security/seccomp/profiles/fine-grained.json': [notServed('', '')],
  'pods/security/seccomp/profiles/violation.json': [notServed('', '')],
  'tls/server-signing-config.json': [notServed('', '')],
  // What the cluster has already, or has not.
  'admin/sched/clusterrole.yaml': ['clusterroles.rbac.authorization.k8s.io "system:kube-scheduler" already exists'],
  'pods/pod-projected-svc-token.yaml': [
    'pods "nginx" is forbidden: error looking up service account lab/build-robot: serviceaccount "build-robot" not found',
  ],
  'service/networking/dual-stack-prefer-ipv6-lb-svc.yaml': [
    'Service "my-service" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  ],
  'application/job/job-tmpl.yaml': [JOB_TEMPLATE],
};

const files = present
  ? (readdirSync(DIRECTORY, { recursive: true }) as string[])
      .filter((file) => statSync(join(DIRECTORY, file)).isFile())
      .sort()
  : [];

function documents(file: string): readonly Manifest[] {
  const text = readFileSync(join(DIRECTORY, file), 'utf8');
  const all = file.endsWith('.json') ? [JSON.parse(text)] : parseYamlDocuments(text).map(({ value }) => value);
  return (all as readonly (Manifest | undefined)[]).flatMap((one) => (one ? (one.items ?? [one]) : []));
}

describe.skipIf(!present)('manifests of the documentation', () => {
  let target: Target;
  beforeAll(async () => {
    target = await Target.start(['lab']);
  }, 60_000);
  afterAll(() => target.stop());

  /** What is said to one manifest: undefined when it was created. */
  async function refusal(manifest: Manifest): Promise<string | undefined> {
    const { apiVersion = '', kind = '' } = manifest;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const resource = resourcesServed.find((one) => one.kind === kind && one.group === group && one.version === version);
    if (!resource) return notServed(kind, apiVersion);
    const namespace = manifest.metadata?.namespace ?? 'lab';
    if (resource.namespaced) {
      const { code } = await target.play({ method: 'GET', path: `/api/v1/namespaces/${namespace}`, code: 200 });
      if (code === 404) await target.namespace(namespace);
    }
    const root = group === '' ? `/api/${version}` : `/apis/${apiVersion}`;
    const path = `${root}${resource.namespaced ? `/namespaces/${namespace}` : ''}/${resource.plural}`;
    const answer = await target.play({ method: 'POST', path, body: manifest, code: 201 });
    if (answer.code !== 201) return (answer.body as { readonly message: string }).message;
    const { name } = (answer.body as { readonly metadata: { readonly name: string } }).metadata;
    if (kind !== 'Namespace') {
      await target.play({ method: 'DELETE', path: `${path}/${name}?gracePeriodSeconds=0`, code: 200 });
      // What holds it would keep the next object of the name from being made.
      const headers = { 'Content-Type': 'application/merge-patch+json' };
      const body = { metadata: { finalizers: null } };
      await target.play({ method: 'PATCH', path: `${path}/${name}`, headers, body, code: 200 });
    }
    return undefined;
  }

  test.each(files)('%s', async (file) => {
    const refusals: string[] = [];
    for (const manifest of documents(file)) {
      const said = await refusal(manifest);
      if (said !== undefined) refusals.push(said);
    }
    expect(refusals).toEqual(REFUSED[file] ?? []);
  });
});
