/** The API server as a way into Pods, as upstream's suites use it, and the names a Pod knows itself by. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyText, httpRequest } from '#engine/http';
import { Lab } from './lab.ts';

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: porter}
spec:
  hostname: querier
  subdomain: names
  containers:
  - name: agnhost
    image: registry.k8s.io/e2e-test-images/agnhost:2.57
    command: [/agnhost, porter]
    env:
    - {name: SERVE_PORT_80, value: '<a href="/rewriteme">test</a> <a href="relative">'}
    - {name: SERVE_TLS_PORT_443, value: tls qux}
    ports: [{containerPort: 80}]
`;
const AT = '/api/v1/namespaces/default/pods';

describe('a Pod behind the proxy', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.boot({ nodes: 1 });
    await lab.sh(`kubectl apply -f - <<'EOF'\n${POD}\nEOF\nkubectl wait --for=condition=Ready pod/porter`);
  });
  afterAll(() => lab.cluster.stop());

  const ask = async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${lab.cluster.adminToken}` };
    const {
      status,
      headers: got,
      body,
    } = await lab.settled(lab.cluster.apiserver(httpRequest(method, path, { headers })));
    return { status, location: got.location, text: await bodyText(body) };
  };

  it('links lead back through the proxy', async () => {
    expect((await ask('GET', `${AT}/porter/proxy/`)).text).toBe(
      `<a href="${AT}/porter/proxy/rewriteme">test</a> <a href="relative">`,
    );
    expect((await ask('GET', `${AT}/http:porter:80/proxy/some/path`)).text).toContain(
      `<a href="${AT}/http:porter:80/proxy/rewriteme">`,
    );
    expect((await ask('GET', `${AT}/https:porter:443/proxy/`)).text).toBe('tls qux');
  });

  it('a path that is empty gets its slash, other methods go as they are', async () => {
    expect(await ask('GET', `${AT}/porter/proxy?method=GET`)).toMatchObject({
      status: 301,
      location: `${AT}/porter/proxy/?method=GET`,
    });
    expect((await ask('OPTIONS', `${AT}/porter/proxy`)).status).toBe(200);
    expect((await ask('HEAD', `${AT}/porter/proxy/a`)).status).toBe(200);
  });

  it('/etc/hosts has the whole name and the host name, and both resolve', async () => {
    const whole = 'querier.names.default.svc.cluster.local';
    const hosts = await lab.sh('kubectl exec porter -- cat /etc/hosts');
    expect(hosts.stdout).toMatch(new RegExp(`^[\\d.]+\\t${whole}\\tquerier$`, 'm'));
    for (const name of [whole, 'querier'])
      expect((await lab.sh(`kubectl exec porter -- getent hosts ${name}`)).stdout).toContain(name);
  });
});
