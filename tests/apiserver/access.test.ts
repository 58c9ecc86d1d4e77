/** Who may do what, tokens, and the way to kubelets. */
import { describe, expect, it } from 'vitest';
import { bodyText, type HttpRequest, httpRequest, type Net, NetError, textResponse } from '#engine/http';
import { loadAsset } from '../../src/workers/node/assets.ts';
import { pod, TestServer } from './server.ts';

const PODS = '/api/v1/namespaces/lab/pods';

describe('authentication and authorization', () => {
  it.each([
    ['raw', '/api/v1/pods', 401, 'Unauthorized'],
    [
      '',
      '/api/v1/pods',
      403,
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    ],
    ['', '/metrics', 403, 'forbidden: User "system:anonymous" cannot get path "/metrics"'],
    [
      'alice',
      `${PODS}/x`,
      403,
      'pods "x" is forbidden: User "alice" cannot get resource "pods" in API group "" in the namespace "lab"',
    ],
    ['alice', '/apis', 200, undefined],
    ['', '/healthz', 200, undefined],
  ])('%s %s: %d', async (as, url, status, message) => {
    const answer = await new TestServer().call('GET', url, undefined, { as });
    expect(answer.status).toBe(status);
    if (message) expect(answer.body.message).toBe(message);
  });

  it('refuses whoever brings nothing when anonymous requests are off', async () => {
    expect((await new TestServer({ anonymous: false }).call('GET', '/healthz', undefined, { as: '' })).status).toBe(
      401,
    );
  });

  it('allows what a role grants, and says by which binding', async () => {
    const server = new TestServer();
    await server.namespace('lab');
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/lab';
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    await server.call('POST', `${rbac}/roles`, { metadata: { name: 'lister' }, rules });
    expect((await server.call('GET', PODS, undefined, { as: 'alice' })).status).toBe(403);
    const roleRef = { kind: 'Role', name: 'lister' };
    const subjects = [{ kind: 'User', name: 'alice' }];
    await server.call('POST', `${rbac}/rolebindings`, { metadata: { name: 'alice-lists' }, roleRef, subjects });
    expect((await server.call('GET', PODS, undefined, { as: 'alice' })).status).toBe(200);
    expect((await server.call('GET', `${PODS}/x`, undefined, { as: 'alice' })).status).toBe(403);
    const review = { spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'lab' } } };
    const asked = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect((await server.call('POST', asked, review, { as: 'alice' })).body.status).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "alice-lists/lab" of Role "lister" to User "alice"',
    });
    await server.call('DELETE', `${rbac}/roles/lister`);
    expect((await server.call('GET', PODS, undefined, { as: 'alice' })).body.message).toMatch(
      /: RBAC: role\.rbac\.authorization\.k8s\.io "lister" not found$/,
    );
  });

  it('lets nobody grant what he has not got', async () => {
    const server = new TestServer();
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const own = [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['create'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    ];
    await server.call('POST', `${rbac}/clusterroles`, { metadata: { name: 'roles' }, rules: own });
    const binding = { roleRef: { kind: 'ClusterRole', name: 'roles' }, subjects: [{ kind: 'User', name: 'alice' }] };
    await server.call('POST', `${rbac}/clusterrolebindings`, { metadata: { name: 'alice' }, ...binding });
    const wanted = (resource: string, verbs: readonly string[]) =>
      server.call(
        'POST',
        `${rbac}/clusterroles`,
        { metadata: { name: 'new' }, rules: [{ apiGroups: [''], resources: [resource], verbs }] },
        { as: 'alice' },
      );
    expect((await wanted('secrets', ['get', 'list'])).body.message).toMatch(
      /is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get" "list"\]\}$/,
    );
    expect((await wanted('pods', ['get'])).status).toBe(201);
  });

  it('knows a client certificate', async () => {
    const server = new TestServer();
    const certificate = { commonName: 'system:kube-scheduler', organizations: ['system:masters'] };
    const response = await server.handler(
      httpRequest('GET', '/api/v1/pods', { peer: { address: '10.0.0.1', certificate } }),
    );
    expect(response.status).toBe(200);
  });

  it('lets administrators be somebody else', async () => {
    const server = new TestServer();
    const as = async (headers: { readonly [name: string]: string }) =>
      (await server.call('GET', PODS, undefined, { headers })).status;
    expect(await as({ 'impersonate-user': 'alice' })).toBe(403);
    expect(await as({ 'impersonate-user': 'zed', 'impersonate-group': 'system:masters' })).toBe(200);
    expect(await as({ 'impersonate-group': 'x' })).toBe(400);
  });
});

describe('ServiceAccount tokens', () => {
  const review = async (server: TestServer, token: string) => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    return (await server.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', body)).body.status;
  };
  const issue = async (server: TestServer, spec: object = {}) => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
    return (await server.call('POST', '/api/v1/namespaces/lab/serviceaccounts/default/token', body)).body.status
      .token as string;
  };

  it('name their account, run out, and die with the Pod they are bound to', async () => {
    const server = new TestServer();
    await server.namespace('lab');
    await server.call('POST', PODS, pod('p'));
    const short = await issue(server, { expirationSeconds: 600 });
    const bound = await issue(server, { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } });
    expect(await review(server, bound)).toMatchObject({
      authenticated: true,
      user: {
        username: 'system:serviceaccount:lab:default',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:lab', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/pod-name': ['p'] },
      },
    });
    expect(await review(server, `${short}x`)).toMatchObject({ error: '[invalid bearer token, unknown]' });
    await server.loop.runUntil(server.loop.now() + 600_000);
    expect(await review(server, short)).not.toHaveProperty('authenticated');
    await server.call('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
    expect(await review(server, bound)).not.toHaveProperty('authenticated');
  });

  it('are mounted into every Pod', async () => {
    const server = new TestServer();
    await server.namespace('lab');
    const { spec } = (await server.call('POST', PODS, pod('p'))).body;
    expect(spec.serviceAccountName).toBe('default');
    expect(spec.volumes[0]?.name).toMatch(/^kube-api-access-.{5}$/);
    expect(spec.containers[0]?.volumeMounts[0]).toMatchObject({ name: spec.volumes[0]?.name, readOnly: true });
    const without = (await server.call('POST', PODS, pod('q', { automountServiceAccountToken: false }))).body;
    expect(without.spec).not.toHaveProperty('volumes');
    const absent = await server.call('POST', PODS, pod('r', { serviceAccountName: 'nope' }));
    expect(absent.body.message).toContain('error looking up service account lab/nope: serviceaccount "nope" not found');
  });
});

describe('the way to kubelets', () => {
  function withNode(fetch: (request: HttpRequest) => ReturnType<Net['fetch']>): TestServer {
    const net: Net = { addresses: [], listen: () => ({ close: () => undefined }), fetch, lookup: async () => [] };
    return new TestServer({ net });
  }

  async function populate(server: TestServer): Promise<void> {
    await server.namespace('lab');
    await server.call('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
    const status = { addresses: [{ type: 'InternalIP', address: '10.0.0.9' }] };
    const patch = { headers: { 'content-type': 'application/merge-patch+json' } };
    await server.call('PATCH', '/api/v1/nodes/n/status', { status }, patch);
    await server.call('POST', PODS, pod('p', { nodeName: 'n' }));
  }

  it('reads logs', async () => {
    const asked: string[] = [];
    const server = withNode(async ({ authority, path, query }) => {
      asked.push(`${authority}${path}?${query}`);
      return textResponse(200, 'hello\n');
    });
    await populate(server);
    expect((await server.call('GET', `${PODS}/p/log?follow=true&tailLines=5`)).body).toBe('hello\n');
    expect(asked).toEqual(['10.0.0.9:10250/containerLogs/lab/p/c?follow=true&tailLines=5']);
  });

  it('runs commands, and says what is wrong', async () => {
    const server = withNode(async ({ method, path, query }) =>
      path.endsWith('/c') ? textResponse(200, `${method} ${query}`) : textResponse(400, 'no'),
    );
    await populate(server);
    const response = await server.handler(
      httpRequest('GET', `${PODS}/p/exec?command=ls&command=-l&stdout=true&stdin=0`, {
        headers: { authorization: 'Bearer admin' },
      }),
    );
    expect(await bodyText(response.body)).toBe('POST command=ls&command=-l&output=1');
    expect((await server.call('GET', `${PODS}/p/exec?container=zz`)).body.message).toBe(
      'container zz is not valid for pod p',
    );
  });

  it("says in Go's words that nobody answers", async () => {
    const server = withNode(async () => {
      throw new NetError('ECONNREFUSED', 'refused');
    });
    await populate(server);
    const { status, body } = await server.call('GET', `${PODS}/p/log`);
    expect(status).toBe(500);
    expect(body.message).toBe(
      'Get "https://10.0.0.9:10250/containerLogs/lab/p/c": dial tcp 10.0.0.9:10250: connect: connection refused',
    );
  });
});

describe('Services', () => {
  const SERVICES = '/api/v1/namespaces/lab/services';
  const service = (name: string, spec: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  });

  it('get addresses and ports, keep them, and give them back', async () => {
    const server = new TestServer();
    await server.namespace('lab');
    const { body } = await server.call('POST', SERVICES, service('a', { type: 'NodePort' }));
    expect(body.spec.clusterIP).toMatch(/^10\.96\.\d+\.\d+$/);
    const { clusterIP, ports } = body.spec;
    const nodePort = ports[0]?.nodePort;
    const taken = await server.call(
      'POST',
      SERVICES,
      service('b', { clusterIP, type: 'NodePort', ports: [{ port: 80, nodePort }] }),
    );
    expect(taken.body.message).toContain(`failed to allocate IP ${clusterIP}: provided IP is already allocated`);
    const updated = await server.call('PUT', `${SERVICES}/a`, service('a', { type: 'ClusterIP' }));
    expect(updated.body.spec).toMatchObject({ clusterIP });
    const freed = await server.call(
      'POST',
      SERVICES,
      service('b', { type: 'NodePort', ports: [{ port: 80, nodePort }] }),
    );
    expect(freed.status).toBe(201);
    await server.call('DELETE', `${SERVICES}/a`);
    expect((await server.call('POST', SERVICES, service('c', { clusterIP }))).status).toBe(201);
  });

  it('take nothing when they are refused or only tried', async () => {
    const server = new TestServer();
    await server.namespace('lab');
    const clusterIP = '10.96.7.7';
    expect((await server.call('POST', `${SERVICES}?dryRun=All`, service('a', { clusterIP }))).status).toBe(201);
    expect((await server.call('POST', SERVICES, service('Bad_', { clusterIP }))).status).toBe(422);
    expect((await server.call('POST', SERVICES, service('a', { clusterIP }))).status).toBe(201);
  });

  it('are known to a server that starts again', async () => {
    const server = new TestServer();
    await server.namespace('lab');
    const { body } = await server.call('POST', SERVICES, service('a'));
    const { createApiServer } = await import('#engine/control-plane/apiserver/server');
    const again = createApiServer(server.world, { etcd: server.etcd, load: loadAsset });
    const peer = { address: '', certificate: { commonName: 'admin', organizations: ['system:masters'] } };
    const value = service('b', { clusterIP: body.spec.clusterIP });
    const response = await again.handler(httpRequest('POST', SERVICES, { peer, body: { kind: 'json', value } }));
    expect(response.status).toBe(422);
  });
});
