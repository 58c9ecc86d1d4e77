/** The manifests that are taken along: none of the cluster's own, as their author wrote them, and they apply again. */
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { discover } from '../../src/ui/cluster/discovery.ts';
import { collectObjects, toYaml } from '../../src/ui/features/share/manifests/collect.ts';
import { Lab } from './lab.ts';

const MINE = `apiVersion: v1
kind: Namespace
metadata:
  name: work
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: work
data:
  colour: blue
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: work
spec:
  type: NodePort
  selector:
    app: web
  ports:
    - port: 80
      nodePort: 30080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: work
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: nginx:1.27
          ports:
            - containerPort: 80
          readinessProbe:
            httpGet:
              path: /
              port: 80
          volumeMounts:
            - name: settings
              mountPath: /etc/settings
      volumes:
        - name: settings
          configMap:
            name: settings
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  namespace: work
spec:
  selector:
    matchLabels:
      app: agent
  template:
    metadata:
      labels:
        app: agent
    spec:
      containers:
        - name: agent
          image: busybox
          command:
            - sleep
            - infinity
          resources:
            requests:
              cpu: 10m
`;

test('nothing of the cluster itself; what was written comes back as it was written', { timeout: 90_000 }, async () => {
  const lab = await Lab.boot({ nodes: 2 });
  const collect = async () => lab.settled(collectAll());
  const collectAll = async () => collectObjects(lab.client, await discover(lab.client));
  expect((await collect()).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)).toEqual([]);
  await lab.ok(`kubectl apply -f - <<'END'\n${MINE}\nEND`);
  await lab.ok('kubectl run alone --image=nginx');
  await lab.pass(30);
  const yaml = toYaml(await collect());
  const written = parseAllDocuments(MINE).map((document) => document.toJS() as { readonly kind: string });
  const taken = parseAllDocuments(yaml).map((document) => document.toJS() as { readonly kind: string });
  const byKind = (kind: string) => taken.find((one) => one.kind === kind);
  for (const one of written) expect(byKind(one.kind)).toEqual(one);
  expect(byKind('Pod')).toEqual(
    parse(
      'apiVersion: v1\nkind: Pod\nmetadata: { name: alone, namespace: default, labels: { run: alone } }\nspec: { containers: [{ name: alone, image: nginx }] }',
    ),
  );
  expect(taken).toHaveLength(written.length + 1);
  const other = await Lab.boot({ nodes: 2 });
  expect(await other.ok(`kubectl apply -f - <<'END'\n${yaml}\nEND`)).toContain('deployment.apps/web created');
  lab.stop();
  other.stop();
});
