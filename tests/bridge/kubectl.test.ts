/** A real kubectl against the bridge, over HTTPS, as a learner would use it. Skipped, with a notice, where no kubectl is found. */
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bridge, startBridge } from './bridge.ts';

const found = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' });
const kubectlVersion = found.status === 0 ? found.stdout.split('\n')[0] : undefined;
if (!kubectlVersion) process.stderr.write('notice: no kubectl on PATH; the tests with a real client are skipped\n');

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: 'nginx:1.27', ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

describe.skipIf(!kubectlVersion)(`${kubectlVersion ?? 'kubectl'} over HTTPS`, { timeout: 120_000 }, () => {
  let bridge: Bridge;
  beforeAll(async () => {
    bridge = await startBridge(['--https', '--nodes', '3', '--speed', '10']);
  }, 60_000);
  afterAll(async () => expect(await bridge.stop()).toBe(0));

  const env = () => ({ ...process.env, KUBECONFIG: bridge.kubeconfig, HOME: '/nonexistent' });
  const kubectl = (line: string, input?: string) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', `kubectl ${line}`], {
      env: env(),
      encoding: 'utf8',
      timeout: 60_000,
      ...(input !== undefined && { input }),
    });
    return { status, stdout, stderr };
  };
  const ok = (line: string, input?: string) => {
    const result = kubectl(line, input);
    expect(result, `kubectl ${line}\n${result.stderr}`).toMatchObject({ status: 0 });
    return result.stdout;
  };
  /** A command that does not end by itself: what it printed until `enough` was there. */
  const follow = (line: string, enough: (text: string) => boolean) =>
    new Promise<string>((resolve) => {
      const child = spawn('bash', ['-c', `exec kubectl ${line}`], { env: env() });
      let text = '';
      const end = () => {
        child.kill('SIGKILL');
        resolve(text);
      };
      const timer = setTimeout(end, 30_000);
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (enough(text)) {
          clearTimeout(timer);
          end();
        }
      });
    });

  test('apply, both ways, and wait', () => {
    expect(ok('apply -f -', MANIFEST)).toBe('deployment.apps/web created\nservice/web created\n');
    expect(ok('apply -f -', MANIFEST)).toBe('deployment.apps/web unchanged\nservice/web unchanged\n');
    expect(ok('wait --for=condition=Available deployment/web --timeout=60s')).toBe(
      'deployment.apps/web condition met\n',
    );
    expect(ok('apply --server-side --force-conflicts -f -', MANIFEST)).toContain(
      'deployment.apps/web serverside-applied',
    );
  });

  test('get in every output', () => {
    expect(ok('get nodes')).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\ncontrol-plane +Ready +control-plane/);
    expect(ok('get pods -l app=web').split('\n')).toHaveLength(4);
    expect(ok('get pods -o wide')).toContain('NOMINATED NODE');
    expect(JSON.parse(ok('get deployment web -o json'))).toMatchObject({
      kind: 'Deployment',
      status: { readyReplicas: 2 },
    });
    expect(ok('get deployment web -o yaml')).toContain('apiVersion: apps/v1\n');
    expect(ok('get deployment web -o name')).toBe('deployment.apps/web\n');
    expect(ok("get deployment web -o jsonpath='{.spec.replicas}'")).toBe('2');
    expect(ok('get pods -A -o custom-columns=N:.metadata.name')).toContain('kube-apiserver-control-plane');
    expect(ok('get all')).toContain('service/kubernetes');
  });

  test('get -w shows a Pod being replaced', async () => {
    const [pod] = ok('get pods -l app=web -o name').trim().split('\n');
    const watched = follow('get pods -l app=web -w', (text) =>
      /Running[\s\S]*Terminating[\s\S]*ContainerCreating[\s\S]*1\/1 +Running/.test(text),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(ok(`delete ${pod} --wait=false`)).toContain('deleted');
    expect(await watched).toMatch(/Terminating/);
    ok('wait --for=condition=Available deployment/web --timeout=60s');
  });

  test('describe', () => {
    expect(ok('describe deployment web')).toMatch(/Replicas: +2 desired \| 2 updated \| 2 total \| 2 available/);
    expect(ok('describe pods -l app=web')).toContain('Container started');
    expect(ok('describe node control-plane')).toContain('kubelet is posting ready status');
    expect(ok('describe service web')).toContain('Endpoints:');
  });

  test('typed commands, which send protobuf', () => {
    expect(ok('create deployment typed --image=nginx:1.27')).toBe('deployment.apps/typed created\n');
    expect(ok('create configmap settings --from-literal=a=1')).toBe('configmap/settings created\n');
    expect(ok('create namespace other')).toBe('namespace/other created\n');
    expect(ok('create secret generic password --from-literal=p=x')).toBe('secret/password created\n');
    expect(ok("get configmap settings -o jsonpath='{.data.a}'")).toBe('1');
  });

  test('run, expose, label, annotate, scale', () => {
    expect(ok('run probe --image=busybox:1.36 --restart=Never -- sleep 3600')).toBe('pod/probe created\n');
    expect(ok('expose deployment typed --port=8080 --target-port=80')).toBe('service/typed exposed\n');
    expect(ok('label pod probe tier=test')).toBe('pod/probe labeled\n');
    expect(ok('annotate pod probe note=hello')).toBe('pod/probe annotated\n');
    expect(ok('scale deployment typed --replicas=3')).toBe('deployment.apps/typed scaled\n');
    expect(ok('rollout status deployment typed --timeout=60s')).toContain('deployment "typed" successfully rolled out');
    ok('wait --for=condition=Ready pod/probe --timeout=60s');
  });

  test('exec reaches the ClusterIP and the DNS name', () => {
    expect(ok('exec probe -- wget -qO- http://web')).toContain('Welcome to nginx!');
    // So many that each of the Pods gets some: their logs are read below.
    ok("exec probe -- sh -c 'for i in $(seq 30); do wget -qO- http://web > /dev/null; done'");
    expect(ok('exec probe -- nslookup web.default.svc.cluster.local')).toContain('Address');
    expect(ok('exec -i probe -- cat', 'through stdin\n')).toBe('through stdin\n');
    expect(kubectl('exec probe -- sh -c "exit 7"')).toMatchObject({
      status: 7,
      stderr: 'command terminated with exit code 7\n',
    });
  });

  test('logs and logs -f', async () => {
    expect(ok('logs deployment/web')).toContain('GET / HTTP/1.1');
    ok(
      "run talker --image=busybox:1.36 --restart=Never -- sh -c 'i=0; while true; do i=$((i+1)); echo line $i; sleep 1; done'",
    );
    ok('wait --for=condition=Ready pod/talker --timeout=60s');
    expect(await follow('logs -f talker', (text) => text.includes('line 5\n'))).toContain('line 1\nline 2\n');
  });

  test('rollout history, a bad image, undo', () => {
    expect(ok('set image deployment/web nginx=nginx:no-such-tag')).toBe('deployment.apps/web image updated\n');
    expect(kubectl('rollout status deployment web --timeout=3s').status).toBe(1);
    expect(ok('rollout history deployment web')).toMatch(/REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/);
    expect(ok('rollout undo deployment web')).toBe('deployment.apps/web rolled back\n');
    expect(ok('rollout status deployment web --timeout=60s')).toContain('successfully rolled out');
  });

  test('explain, api-resources, errors', () => {
    expect(ok('explain deployment.spec.strategy.type')).toContain('FIELD: type <string>');
    expect(ok('api-resources')).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/);
    expect(kubectl('get pod nope')).toMatchObject({
      status: 1,
      stderr: 'Error from server (NotFound): pods "nope" not found\n',
    });
    expect(kubectl('get widgets')).toMatchObject({
      status: 1,
      stderr: `error: the server doesn't have a resource type "widgets"\n`,
    });
    expect(kubectl('--token=wrong get pods').stderr).toContain('Unauthorized');
  });

  test('delete', () => {
    expect(ok('delete deployment typed web')).toBe('deployment.apps "typed" deleted\ndeployment.apps "web" deleted\n');
    expect(ok('delete pod probe talker --grace-period=1')).toContain('pod "probe" deleted');
    expect(ok('delete namespace other')).toContain('deleted');
  });
});
