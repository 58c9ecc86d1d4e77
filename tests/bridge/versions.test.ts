/** Every real kubectl of this machine against one bridge, capability by capability. Skipped, with a notice, where there is none. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bridge, startBridge } from './bridge.ts';
import { findKubectls, type Kubectl, type Outcome, run } from './kubectls.ts';

const kubectls = findKubectls();
if (kubectls.length === 0) process.stderr.write('notice: no kubectl found; the tests of its versions are skipped\n');

const folder = mkdtempSync(join(tmpdir(), 'podarium-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
// openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=dev/O=ops/CN=jane, in base64
const REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIbE1JR05BZ0VBTUNzeEREQUtCZ05WQkFvTUEyUmxkakVNTUFvR0ExVUVDZ3dEYjNCek1RMHdDd1lEVlFRRApEQVJxWVc1bE1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERBUWNEUWdBRXVzNkg5RTBBZGc0WW1lRzM5b1hmCjRsay8zSk1idEJsVlgyNElrQXRLSnV3YjdGUk9NaE1jSzgwYldIbGZtbnhBaVoycVgzdzhuU1FURVE0Yjg0VTgKRHFBQU1Bb0dDQ3FHU000OUJBTUNBMGNBTUVRQ0lBY0dSY0s5QUtqeENOcVlJU3NuUExXTlNuMUZzK2R4K3c1bQp0WE1QanJ3TUFpQUNrR3NScVB2d3NySkxpK0o1U2szZ2E0QnpwRU5pUW5kaVcvWHpUZGJuUkE9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';
const signingRequest = (name: string) =>
  file(
    `${name}.yaml`,
    `apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: ${name}}\nspec: {request: ${REQUEST}, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}\n`,
  );
const configMap = (value: string) =>
  file(`map-${value}.yaml`, `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {key: ${value}}\n`);

describe.skipIf(kubectls.length === 0)(
  `kubectl ${kubectls.map(({ version }) => version).join(', ')}`,
  { timeout: 120_000 },
  () => {
    let bridge: Bridge;
    beforeAll(async () => {
      bridge = await startBridge(['--https', '--nodes', '2', '--speed', '10']);
    }, 60_000);
    afterAll(async () => expect(await bridge.stop()).toBe(0));

    const env = (more: NodeJS.ProcessEnv = {}) => ({
      ...process.env,
      KUBECONFIG: bridge.kubeconfig,
      HOME: folder,
      ...more,
    });
    const spaceOf = ({ version }: Kubectl) => `v${version.replace('.', '-')}`;
    type Options = {
      readonly input?: string;
      readonly env?: NodeJS.ProcessEnv;
      readonly enough?: (text: string) => boolean | Promise<unknown>;
    };
    const kubectl = (one: Kubectl, line: string, { env: more, ...options }: Options = {}): Promise<Outcome> =>
      run('bash', ['-c', `exec ${one.path} -n ${spaceOf(one)} ${line}`], { ...options, env: env(more) });
    const ok = async (one: Kubectl, line: string, options: Options = {}): Promise<string> => {
      const result = await kubectl(one, line, options);
      expect(result, `kubectl ${one.version} ${line}`).toMatchObject({ code: 0 });
      return result.stdout;
    };
    /** All versions side by side, each in a namespace of its own. */
    const each = (title: string, act: (one: Kubectl) => Promise<void>) =>
      test(title, async () => {
        await Promise.all(kubectls.map(act));
      });

    each('discovery and typed creates', async (one) => {
      expect(await ok(one, `create namespace ${spaceOf(one)}`)).toContain('created');
      expect(await ok(one, 'api-resources')).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/);
      expect(await ok(one, 'create deployment web --image=nginx:1.27')).toBe('deployment.apps/web created\n');
      expect(
        await ok(
          one,
          'run talker --image=busybox:1.36 --restart=Never -- sh -c "while true; do echo tick; read x && echo got $x; sleep 1; done"',
        ),
      ).toBe('pod/talker created\n');
      // The bodies of typed commands are JSON in the oldest and protobuf in the newest.
      if (one !== kubectls[0] && one !== kubectls.at(-1)) {
        await ok(one, 'create serviceaccount robot');
        return;
      }
      for (const line of [
        'configmap c --from-literal=a=b',
        'secret generic s --from-literal=a=b',
        'serviceaccount robot',
        'role r --verb=get --resource=pods',
        'rolebinding rb --role=r --serviceaccount=default:robot',
        'quota q --hard=pods=30',
        'poddisruptionbudget p --selector=app=web --min-available=0',
        'service clusterip cs --tcp=80:80',
        'ingress i --rule=a.b/=web:80',
      ])
        expect(await ok(one, `create ${line}`)).toContain('created');
    });

    each('apply both ways, diff, edit, patch', async (one) => {
      const [first, second] = [configMap('one'), configMap('two')];
      expect(await ok(one, `apply -f ${first}`)).toBe('configmap/map created\n');
      const diff = await kubectl(one, `diff -f ${second}`);
      expect(diff.code).toBe(1);
      expect(diff.stdout).toMatch(/^- {2}key: one\n\+ {2}key: two$/m);
      expect(await ok(one, `apply --server-side --force-conflicts -f ${second}`)).toBe(
        'configmap/map serverside-applied\n',
      );
      expect((await kubectl(one, `diff -f ${second}`)).code).toBe(0);
      expect(
        await ok(one, 'edit configmap map', { env: { KUBE_EDITOR: `sed -i 's/^  key: two$/  key: three/'` } }),
      ).toContain('edited');
      expect(
        await ok(one, `patch configmap map --type=json -p '[{"op":"add","path":"/data/more","value":"x"}]'`),
      ).toContain('patched');
      expect(await ok(one, `get configmap map -o jsonpath='{.data}'`)).toBe('{"key":"three","more":"x"}');
      expect(await ok(one, 'explain deployment.spec.strategy.type')).toMatch(/FIELD: +type <string>/);
    });

    each('who one is, what one may, tokens', async (one) => {
      expect(await ok(one, 'auth can-i create pods')).toBe('yes\n');
      const robot = `--as=system:serviceaccount:${spaceOf(one)}:robot`;
      expect(await kubectl(one, `auth can-i create pods ${robot}`)).toMatchObject({ code: 1, stdout: 'no\n' });
      const token = (await ok(one, 'create token robot --duration=20m')).trim();
      const asRobot = await kubectl(
        one,
        `--kubeconfig=/dev/null --server=${bridge.url} --insecure-skip-tls-verify --token=${token} get pods`,
      );
      expect(asRobot.stderr).toContain(
        `User "system:serviceaccount:${spaceOf(one)}:robot" cannot list resource "pods"`,
      );
      // By certificate: CN and O.
      expect(await ok(one, '--context=admin-certificate@podarium auth can-i create pods')).toBe('yes\n');
      if (Number(one.version.split('.')[1]) >= 28) expect(await ok(one, 'auth whoami')).toMatch(/Username +admin/);
    });

    each('certificates', async (one) => {
      const [good, bad] = [`good-${spaceOf(one)}`, `bad-${spaceOf(one)}`];
      for (const name of [good, bad]) await ok(one, `create -f ${signingRequest(name)}`);
      expect(await ok(one, `get csr ${good}`)).toMatch(/kube-apiserver-client +admin +<none> +Pending\n$/);
      expect(await ok(one, `certificate approve ${good}`)).toBe(
        `certificatesigningrequest.certificates.k8s.io/${good} approved\n`,
      );
      expect(await ok(one, `certificate deny ${bad}`)).toBe(
        `certificatesigningrequest.certificates.k8s.io/${bad} denied\n`,
      );
      await ok(one, `wait csr/${good} --for=jsonpath={.status.conditions[0].type}=Approved --timeout=30s`);
      await expect
        .poll(() => ok(one, `get csr ${good} ${bad} --no-headers`), { timeout: 20_000 })
        .toMatch(/Approved,Issued\n.*Denied\n$/);
      const certificate = Buffer.from(await ok(one, `get csr ${good} -o jsonpath={.status.certificate}`), 'base64');
      const { subject, issuer } = new X509Certificate(certificate);
      expect({ subject, issuer }).toEqual({ subject: 'O=dev\nO=ops\nCN=jane', issuer: 'CN=kubernetes' });
    });

    each('wait, rollout status, watch, top', async (one) => {
      await ok(one, 'wait --for=condition=Available deployment/web --timeout=60s');
      expect(await ok(one, 'rollout status deployment/web')).toBe('deployment "web" successfully rolled out\n');
      await ok(one, 'wait --for=condition=Ready pod/talker --timeout=60s');
      const watched = await kubectl(one, 'get pods -w', { enough: (text) => text.includes('talker') });
      expect(watched.stdout).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\n/);
      expect((await kubectl(one, 'top pods')).stderr).toBe('error: Metrics API not available\n');
    });

    each('exec, cp, attach, logs -f', async (one) => {
      expect(await kubectl(one, `exec deploy/web -- sh -c 'echo out; echo err >&2; exit 3'`)).toMatchObject({
        code: 3,
        stdout: 'out\n',
      });
      expect(await ok(one, 'exec -i talker -- cat', { input: 'through stdin' })).toBe('through stdin');
      const text = `copied by ${one.version}\n`;
      const [there, back] = [file(`there-${one.version}`, text), join(folder, `back-${one.version}`)];
      await ok(one, `cp ${there} talker:/tmp/copy`);
      await ok(one, `cp talker:/tmp/copy ${back}`);
      expect(readFileSync(back, 'utf8')).toBe(text);
      const seen = (output: string) => output.includes('tick');
      expect((await kubectl(one, 'attach talker', { enough: seen })).stdout).toContain('tick');
      expect((await kubectl(one, 'logs -f talker', { enough: seen })).stdout).toContain('tick');
    });

    each('port-forward and proxy', async (one) => {
      let page = '';
      const visit = async (port: string | undefined, path: string) => {
        page += await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
      };
      let visited: Promise<void> | undefined;
      const forwarding = await kubectl(one, 'port-forward deployment/web :80', {
        enough: (text) => {
          const port = /127\.0\.0\.1:(\d+) -> 80/.exec(text)?.[1];
          if (port === undefined) return false;
          visited ??= visit(port, '/').then(() => visit(port, '/'));
          return visited;
        },
      });
      expect(page.match(/Welcome to nginx!/g), forwarding.stderr).toHaveLength(4);
      const pod = (await ok(one, 'get pods -l app=web -o name')).trim().slice('pod/'.length);
      page = '';
      await kubectl(one, 'proxy --port=0', {
        enough: (text) => {
          const port = /:(\d+)\n/.exec(text)?.[1];
          return port === undefined ? false : visit(port, `/api/v1/namespaces/${spaceOf(one)}/pods/${pod}/proxy/`);
        },
      });
      expect(page).toContain('Welcome to nginx!');
    });

    each('debug', async (one) => {
      const line = 'debug talker --image=busybox:1.36 -c helper --attach --profile=general -- sh -c';
      const seen = (output: string) => output.includes('from beside');
      const beside = await kubectl(one, `${line} 'while true; do echo from beside; sleep 1; done'`, { enough: seen });
      expect(beside.stdout, beside.stderr).toContain('from beside');
      expect(await ok(one, `get pod talker -o jsonpath='{.spec.ephemeralContainers[*].name}'`)).toBe('helper');
      await ok(one, 'debug talker --image=busybox:1.36 --copy-to=copy --profile=general -- sleep 1000');
      await ok(one, 'wait --for=condition=Ready pod/copy --timeout=60s');
      expect(await ok(one, `get pod copy -o jsonpath='{.spec.containers[*].image}'`)).toBe('busybox:1.36 busybox:1.36');
      const made = await ok(one, 'debug node/control-plane --image=busybox:1.36 --profile=general -- sleep 1000');
      const [, pod] =
        /^Creating debugging pod (node-debugger-control-plane-\w+) with container debugger on node control-plane\.\n/.exec(
          made,
        ) ?? [];
      await ok(one, `wait --for=condition=Ready pod/${pod} --timeout=60s`);
      expect(await ok(one, `exec ${pod} -- ls /host/etc/kubernetes/manifests`)).toContain('kube-apiserver.yaml');
    });

    each('a port nobody listens on', async (one) => {
      const refused = await kubectl(one, 'port-forward deployment/web :81', {
        enough: (text) => {
          const port = /127\.0\.0\.1:(\d+) -> 81/.exec(text)?.[1];
          return port === undefined ? false : fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
        },
      });
      expect(refused.stderr).toContain('dial tcp4 127.0.0.1:81: connect: connection refused');
    });
  },
);
