import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/apimachinery';
import * as cel from '#engine/cel';
import { createEtcd } from '#engine/control-plane/etcd';
import { type HttpRequest, type HttpResponse, httpRequest, jsonResponse, type Net } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import type { ApiServerOptions } from '../options.ts';
import { createApiServer } from '../server.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const load = (async () => cel) as unknown as ApiServerOptions['load'];

type Answer = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

function start(answer?: Answer) {
  const loop = new Loop({ settle, trace: () => undefined }, 1_767_225_600_000);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const net: Net = {
    addresses: ['10.0.0.1'],
    listen: () => ({ close: () => undefined }),
    lookup: () => Promise.resolve([]),
    fetch: async (request) => (answer ? answer(request) : jsonResponse(500, {})),
  };
  const { handler } = createApiServer(world, {
    etcd: createEtcd(world),
    freeze: true,
    load,
    net,
    users: [
      { token: 'admin', username: 'admin', groups: ['system:masters'] },
      { token: 'jane', username: 'jane', groups: [] },
    ],
  });
  const call = async (method: string, url: string, value?: unknown, token = 'admin') => {
    const headers = { authorization: `Bearer ${token}` };
    const body = value !== undefined && { body: { kind: 'json' as const, value } };
    const response = await handler(httpRequest(method, url, { headers, ...body }));
    return {
      code: response.status,
      warnings: response.warnings,
      object: (response.body?.kind === 'json' ? response.body.value : undefined) as KubeObject & {
        readonly message?: string;
        readonly spec?: unknown;
        readonly data?: unknown;
      },
    };
  };
  const create = async (plural: string, kind: string, rest: object) => {
    const made = await call('POST', `${ADMISSION}/${plural}`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name: kind.toLowerCase() },
      ...rest,
    });
    expect(made.object.message ?? made.code).toBe(201);
  };
  return { loop, call, create };
}

const about = (resource: string, group = '') => ({
  resourceRules: [{ apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: [resource] }],
});
const cm = (name: string, data = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
};

describe('validating policies', () => {
  it('take parameters, say their own words, and ask the authorizer', async () => {
    const { call, create } = start();
    await create('validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
      spec: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: about('deployments', 'apps'),
        matchConditions: [{ name: 'named', expression: 'object.metadata.name.startsWith("d")' }],
        variables: [
          { name: 'most', expression: 'int(params.data.most)' },
          { name: 'double', expression: 'variables.most * 2' },
        ],
        validations: [
          {
            expression: 'object.spec.replicas <= variables.double',
            messageExpression: '"at most " + string(variables.double)',
            reason: 'Forbidden',
          },
          { expression: "authorizer.requestResource.check('delete').allowed() || request.dryRun" },
        ],
      },
    });
    await create('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', {
      spec: {
        policyName: 'validatingadmissionpolicy',
        paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' },
        validationActions: ['Deny'],
      },
    });
    const make = (replicas: number) =>
      call('POST', '/apis/apps/v1/namespaces/default/deployments', {
        ...deployment,
        spec: { ...deployment.spec, replicas },
      });
    expect((await make(5)).object.message).toContain(
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    );
    await call('POST', CONFIG_MAPS, cm('limits', { most: '2' }));
    expect(await make(5)).toMatchObject({
      code: 403,
      object: {
        message:
          "deployments.apps \"d\" is forbidden: ValidatingAdmissionPolicy 'validatingadmissionpolicy' with binding 'validatingadmissionpolicybinding' denied request: at most 4",
      },
    });
    expect((await make(4)).code).toBe(201);
  });
});

describe('mutating policies', () => {
  it('apply configurations and patches, and are asked again', async () => {
    const { call, create } = start();
    await create('mutatingadmissionpolicies', 'MutatingAdmissionPolicy', {
      spec: {
        matchConstraints: about('deployments', 'apps'),
        reinvocationPolicy: 'IfNeeded',
        variables: [{ name: 'tag', expression: '":1.29"' }],
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: {
              expression:
                'Object{ spec: Object.spec{ replicas: 3, template: Object.spec.template{ spec: Object.spec.template.spec{ initContainers: [Object.spec.template.spec.initContainers{ name: "mesh", image: "mesh" + variables.tag, args: ["proxy"] }] } } } }',
            },
          },
          {
            patchType: 'JSONPatch',
            jsonPatch: {
              expression:
                '[JSONPatch{op: "add", path: "/metadata/labels", value: {}}, JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/env"), value: "test"}]',
            },
          },
        ],
      },
    });
    await create('mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', {
      spec: { policyName: 'mutatingadmissionpolicy' },
    });
    const refused = await call('POST', '/apis/apps/v1/namespaces/default/deployments', deployment);
    expect(refused.object.message).toContain(
      'may not mutate atomic arrays, maps or structs: .spec.template.spec.initContainers[0].args',
    );
    const policy = await call('GET', `${ADMISSION}/mutatingadmissionpolicies/mutatingadmissionpolicy`);
    const text = JSON.stringify(policy.object).replace(', args: [\\"proxy\\"]', '');
    await call('PUT', `${ADMISSION}/mutatingadmissionpolicies/mutatingadmissionpolicy`, JSON.parse(text));
    const { code, object } = await call('POST', '/apis/apps/v1/namespaces/default/deployments', deployment);
    expect(code).toBe(201);
    expect(object).toMatchObject({
      metadata: { labels: { 'example.com/env': 'test' } },
      spec: {
        replicas: 3,
        template: { spec: { initContainers: [{ name: 'mesh', image: 'mesh:1.29', imagePullPolicy: 'IfNotPresent' }] } },
      },
    });
  });
});

describe('mutations that fail', () => {
  const patch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
  const label = '[JSONPatch{op: "add", path: "/metadata/labels", value: {"seen": "yes"}}]';
  const mutating = async (failurePolicy: string, ...mutations: readonly string[]) => {
    const { call, create } = start();
    await create('mutatingadmissionpolicies', 'MutatingAdmissionPolicy', {
      spec: {
        failurePolicy,
        matchConstraints: about('configmaps'),
        reinvocationPolicy: 'Never',
        mutations: mutations.map(patch),
      },
    });
    await create('mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', {
      spec: { policyName: 'mutatingadmissionpolicy' },
    });
    return (await call('POST', CONFIG_MAPS, cm('a'))).object;
  };

  it('are all named, or leave the others alone', async () => {
    const bad = '[JSONPatch{op: "remove", path: "/data/nope"}]';
    const denied = (why: string) =>
      `policy 'mutatingadmissionpolicy' with binding 'mutatingadmissionpolicybinding' denied request: ${why}`;
    const failed = denied(`expression '[JSONPatch{op: object.nope}]' resulted in error: no such key: nope`);
    expect(await mutating('Fail', '[JSONPatch{op: object.nope}]', bad)).toMatchObject({
      code: 403,
      reason: 'Invalid',
      message: failed,
      details: {
        name: 'a',
        kind: 'configmaps',
        causes: [{ message: failed }, { message: expect.stringContaining('JSONPath: ') }],
      },
    });
    expect(await mutating('Ignore', bad, label)).toMatchObject({ metadata: { labels: { seen: 'yes' } } });
  });

  it('end the request when they make no object of the kind', async () => {
    expect(await mutating('Ignore', '[JSONPatch{op: "add", path: "/odd", value: "x"}]')).toMatchObject({
      code: 500,
      message: 'Internal error occurred: strict decoding error: unknown field "odd"',
    });
  });
});

describe('webhooks', () => {
  const hook = (rest: object) => ({
    webhooks: [
      {
        name: 'h.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { service: { namespace: 'default', name: 'hook', path: '/review' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }],
        ...rest,
      },
    ],
  });
  const reviewed =
    (respond: (request: { readonly object: { readonly data?: object } }) => object): Answer =>
    (request) => {
      const review =
        request.body?.kind === 'json'
          ? (request.body.value as { request: { uid: string; object: object } })
          : undefined;
      const response = { uid: review?.request.uid, allowed: true, ...respond(review?.request ?? { object: {} }) };
      return jsonResponse(200, { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response });
    };

  it('change objects through their Service', async () => {
    const asked: string[] = [];
    const patch = btoa(JSON.stringify([{ op: 'add', path: '/data/b', value: '2' }]));
    const { call, create } = start((request) => {
      asked.push(`${request.authority} ${request.path}?${request.query.toString()}`);
      return reviewed(() => ({ patchType: 'JSONPatch', patch, warnings: ['changed'] }))(request);
    });
    await create('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', hook({}));
    expect((await call('POST', CONFIG_MAPS, cm('a', { a: '1' }))).object.message).toBe(
      'Internal error occurred: failed calling webhook "h.example.com": failed to call webhook: Post "https://hook.default.svc:443/review?timeout=10s": service "hook" not found',
    );
    await call('POST', '/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'hook' },
      spec: { clusterIP: '10.96.7.7', ports: [{ port: 443 }] },
    });
    const made = await call('POST', CONFIG_MAPS, cm('a', { a: '1' }));
    expect(made).toMatchObject({ code: 201, warnings: ['changed'], object: { data: { a: '1', b: '2' } } });
    expect(asked).toEqual(['10.96.7.7:443 /review?timeout=10s']);
  });

  it('refuse, and are waited for no longer than they may take', async () => {
    let slow = false;
    const { call, create, loop } = start((request) =>
      slow
        ? new Promise<HttpResponse>(() => undefined)
        : reviewed(() => ({ allowed: false, status: { code: 403, message: 'no' } }))(request),
    );
    await create(
      'validatingwebhookconfigurations',
      'ValidatingWebhookConfiguration',
      hook({
        clientConfig: { url: 'https://10.0.0.9/x' },
        timeoutSeconds: 1,
      }),
    );
    expect(await call('POST', CONFIG_MAPS, cm('a'))).toMatchObject({
      code: 403,
      object: { message: 'admission webhook "h.example.com" denied the request: no' },
    });
    slow = true;
    const late = call('POST', CONFIG_MAPS, cm('a'));
    await loop.runUntil(loop.now() + 2000);
    expect((await late).object.message).toContain('Post "https://10.0.0.9/x?timeout=1s": context deadline exceeded');
  });
});

describe('parameters of policies', () => {
  it('are handed out only by who may read them', async () => {
    const { call, create } = start();
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const grant = async (name: string, rules: readonly object[]) => {
      const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
      await call('POST', `${rbac}/clusterroles`, role);
      await call('POST', `${rbac}/clusterrolebindings`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
      });
    };
    await grant('policies', [{ verbs: ['*'], apiGroups: ['admissionregistration.k8s.io'], resources: ['*'] }]);
    const policy = (name: string) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: about('pods'),
        validations: [{ expression: 'true' }],
      },
    });
    const binding = (policyName: string, paramRef: object, kind = 'ValidatingAdmissionPolicyBinding') => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name: 'b' },
      spec: {
        policyName,
        paramRef: { ...paramRef, parameterNotFoundAction: 'Deny' },
        ...(kind.startsWith('V') && { validationActions: ['Deny'] }),
      },
    });
    const jane = async (plural: string, value: object) =>
      (await call('POST', `${ADMISSION}/${plural}`, value, 'jane')).object;
    const me = 'user &{jane  [system:authenticated] map[]}';
    expect(await jane('validatingadmissionpolicies', policy('p'))).toMatchObject({
      code: 422,
      message: `ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.paramKind: Forbidden: ${me} must have "get" permission on all objects of the referenced paramKind (kind=ConfigMap, apiVersion=v1)`,
    });
    await create('validatingadmissionpolicies', 'ValidatingAdmissionPolicy', { spec: policy('').spec });
    const bound = binding('validatingadmissionpolicy', { name: 'c', namespace: 'default' });
    expect((await jane('validatingadmissionpolicybindings', bound)).message).toContain(
      `spec.paramRef: Forbidden: ${me} does not have "get" permission on the object referenced by paramRef`,
    );
    expect((await jane('validatingadmissionpolicybindings', binding('nope', { selector: {} }))).message).toContain(
      `unable to get policy nope to determine minimum required permissions and ${me} does not have "list" permission for all groups, versions and resources`,
    );
    const mutating = binding('nope', { name: 'c' }, 'MutatingAdmissionPolicyBinding');
    expect((await jane('mutatingadmissionpolicybindings', mutating)).message).toContain(
      'spec.paramRef: Forbidden: user get does not have "&{jane  [system:authenticated] map[]}" permission on the object referenced by paramRef',
    );
    await grant('reading', [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }]);
    expect((await jane('validatingadmissionpolicies', policy('p'))).kind).toBe('ValidatingAdmissionPolicy');
    expect((await jane('validatingadmissionpolicybindings', bound)).kind).toBe('ValidatingAdmissionPolicyBinding');
  });
});
