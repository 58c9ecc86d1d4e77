/** metrics-server end to end: kubelets' figures, the aggregation layer, kubectl top, an autoscaler under load, and what fails without it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from './lab.ts';

const WALKTHROUGH = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: php-apache}
spec:
  selector: {matchLabels: {run: php-apache}}
  template:
    metadata: {labels: {run: php-apache}}
    spec:
      containers:
      - name: php-apache
        image: registry.k8s.io/hpa-example
        ports: [{containerPort: 80}]
        resources: {limits: {cpu: 500m}, requests: {cpu: 200m}}
---
apiVersion: v1
kind: Service
metadata: {name: php-apache, labels: {run: php-apache}}
spec: {ports: [{port: 80}], selector: {run: php-apache}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: php-apache}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: php-apache}
  minReplicas: 1
  maxReplicas: 10
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
`;

const LOAD = `kubectl run load-generator --image=busybox:1.36 --restart=Never -- sh -c "while sleep 0.01; do wget -q -O- http://php-apache; done"`;
const API_SERVICE = 'kubectl get apiservice v1beta1.metrics.k8s.io';
const CONDITION = `${API_SERVICE} -o jsonpath='{.status.conditions[0].status} {.status.conditions[0].reason}: {.status.conditions[0].message}'`;

describe('with metrics-server', () => {
  let lab: Lab;
  const says = async (line: string) => (await lab.sh(line)).stdout;
  beforeAll(async () => {
    lab = await Lab.boot({ nodes: 2, addons: ['metrics-server'] });
  });
  afterAll(() => lab.cluster.stop());

  it('has no figures before two rounds, and then those of every Node, Pod and container', async () => {
    expect(await lab.sh('kubectl top nodes')).toMatchObject({ code: 1, stderr: 'error: Metrics API not available\n' });
    expect((await lab.sh('kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes')).stderr).toBe(
      'Error from server (ServiceUnavailable): the server is currently unable to handle the request\n',
    );
    await lab.pass(10);
    expect(await says(CONDITION)).toBe(
      'False MissingEndpoints: endpointslices for service/metrics-server in "kube-system" have no addresses with port name "https"',
    );
    await lab.pass(30);
    expect(await says(CONDITION)).toBe('True Passed: all checks passed');
    const [header, ...rows] = (await says('kubectl top nodes')).slice(0, -1).split('\n');
    expect(header).toBe('NAME            CPU(cores)   CPU(%)   MEMORY(bytes)   MEMORY(%)   ');
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatch(/^(control-plane|node-1) +[1-9]\d*m +\d+% +[1-9]\d*Mi +\d+% +$/);
    const pods = (await says('kubectl top pods -A --containers --no-headers --sort-by=memory'))
      .slice(0, -1)
      .split('\n');
    expect(pods).toHaveLength(11);
    expect(pods[0]).toMatch(/^kube-system +kube-apiserver-control-plane +kube-apiserver +\d+m +\d+Mi +$/);
    expect(await lab.sh('kubectl top pods')).toMatchObject({
      code: 0,
      stderr: 'No resources found in default namespace.\n',
    });
    expect((await lab.sh('kubectl top pod nope')).stderr).toBe('Error from server (NotFound): pods "nope" not found\n');
    expect((await lab.sh('kubectl top pods --sort-by=age')).stderr).toBe(
      'error: --sort-by accepts only cpu or memory\n',
    );
  });

  it('is part of discovery, OpenAPI and printing', async () => {
    expect(await says('kubectl api-resources --api-group=metrics.k8s.io')).toBe(
      'NAME    SHORTNAMES   APIVERSION               NAMESPACED   KIND\n' +
        'nodes                metrics.k8s.io/v1beta1   false        NodeMetrics\n' +
        'pods                 metrics.k8s.io/v1beta1   true         PodMetrics\n',
    );
    expect(await says('kubectl get nodes.metrics.k8s.io')).toMatch(/^NAME +CPU +MEMORY +WINDOW\ncontrol-plane +\d+/);
    expect(await says('kubectl explain podmetrics.containers.usage')).toContain('FIELD: usage <map[string]Quantity>');
    expect(await says('kubectl explain podmetrics')).toContain('  containers\t<[]ContainerMetrics> -required-\n');
    const v2 = JSON.parse(await says('kubectl get --raw /openapi/v2'));
    const name = 'io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics';
    expect(v2.definitions[name].properties.metadata).toMatchObject({
      $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
    });
    expect(v2.paths['/apis/metrics.k8s.io/v1beta1/nodes/{name}'].get).toBeDefined();
    const index = JSON.parse(await says('kubectl get --raw /openapi/v3'));
    expect(index.paths['apis/metrics.k8s.io/v1beta1'].serverRelativeURL).toMatch(
      /^\/openapi\/v3\/apis\/metrics\.k8s\.io\/v1beta1\?hash=/,
    );
    const groups = JSON.parse(await says('kubectl get --raw /apis')).groups;
    expect(groups.at(-1).name).toBe('metrics.k8s.io');
  });

  it('kubelets let in who may: 401 without a token, 403 without a right', async () => {
    const pod = (script: string) =>
      `kubectl run curl --image=curlimages/curl:8.5.0 --restart=Never --command -- sh -c '${script}'`;
    const token = '$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)';
    const url = 'https://172.18.0.2:10250/metrics/resource';
    await lab.sh(pod(`curl -sk ${url}; echo; curl -sk -H "Authorization: Bearer ${token}" ${url}`));
    await lab.pass(20);
    expect(await says('kubectl logs curl')).toBe(
      'Unauthorized\nForbidden (user=system:serviceaccount:default:default, verb=get, resource=nodes, subresource(s)=[metrics])\n',
    );
    expect(await says('kubectl get --raw /api/v1/nodes/node-1/proxy/metrics/resource')).toMatch(
      /^node_cpu_usage_seconds_total \S+ \d{13}$/m,
    );
  });

  it('an autoscaler follows the load', async () => {
    await lab.sh(`kubectl apply -f - <<'END'\n${WALKTHROUGH}\nEND`);
    await lab.pass(90);
    const replicas = async () => Number(await says(`kubectl get deploy php-apache -o jsonpath='{.spec.replicas}'`));
    expect(await replicas()).toBe(1);
    await lab.sh(LOAD);
    await lab.pass(240);
    expect(await replicas()).toBeGreaterThan(3);
    expect(await says('kubectl get hpa php-apache --no-headers')).toMatch(/cpu: \d+%\/50%/);
    expect(await says('kubectl describe hpa php-apache')).toContain(
      'reason: cpu resource utilization (percentage of request) above target',
    );
    await lab.sh('kubectl delete pod load-generator --now');
    await lab.pass(600);
    expect(await replicas()).toBe(1);
  });

  it('a group whose Service is gone holds up the end of a namespace, in upstream words', async () => {
    await lab.sh('kubectl create namespace doomed');
    await lab.sh('kubectl -n kube-system delete service metrics-server');
    await lab.pass(2);
    expect(await says(CONDITION)).toBe('False ServiceNotFound: service/metrics-server in "kube-system" is not present');
    await lab.sh('kubectl delete namespace doomed --wait=false');
    await lab.pass(10);
    const condition = `'{.status.conditions[?(@.type=="NamespaceDeletionDiscoveryFailure")].message}'`;
    expect(await says(`kubectl get namespace doomed -o jsonpath=${condition}`)).toBe(
      'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1',
    );
    await lab.sh('kubectl delete apiservice v1beta1.metrics.k8s.io');
    await lab.pass(120);
    expect((await lab.sh('kubectl get namespace doomed')).stderr).toContain('not found');
  });
});

it('without metrics-server there is no Metrics API', async () => {
  const lab = await Lab.boot({ nodes: 1 });
  expect(await lab.sh('kubectl top pods -A')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: Metrics API not available\n',
  });
  lab.cluster.stop();
});
