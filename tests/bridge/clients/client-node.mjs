/**
 * A program as anybody writes it with @kubernetes/client-node: `node client-node.mjs KUBECONFIG NAMESPACE`. Prints one JSON line a step; the test beside it
 * says what each is to be.
 */
import { once } from 'node:events';
import net from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import * as k8s from '@kubernetes/client-node';

const [, , kubeconfig, namespace] = process.argv;
const config = new k8s.KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);

/** What a stream has carried so far, and a way to wait for more. */
function sink() {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      stream.emit('more');
      done();
    },
  });
  const until = async (wanted) => {
    while (!text.includes(wanted)) await once(stream, 'more');
    return text;
  };
  return { stream, until, text: () => text };
}

const container = (image, ...command) => ({ name: 'c', image, ...(command.length > 0 && { command }) });
const pod = (name, more) => ({ metadata: { name }, spec: { containers: [more] } });
const as = (strategy) => k8s.setHeaderOptions('Content-Type', strategy);
const patched = async (strategy, body) =>
  (await core.patchNamespacedConfigMap({ namespace, name: 'map', body }, as(strategy))).data;

const execute = (argv, input) => {
  const [out, err] = [sink(), sink()];
  return new Promise((resolve, reject) => {
    new k8s.Exec(config)
      .exec(namespace, 'talker', 'c', argv, out.stream, err.stream, input, false, (status) =>
        resolve({ out: out.text(), err: err.text(), status: status.status, cause: status.details?.causes?.[0] }),
      )
      .catch(reject);
  });
};

const steps = {
  async create() {
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await core.createNamespacedPod({ namespace, body: pod('web', container('nginx:1.27')) });
    const loop = 'while true; do echo tick; read x && echo got $x; sleep 1; done';
    const talker = { ...container('busybox:1.36', 'sh', '-c', loop), stdin: true };
    await core.createNamespacedPod({ namespace, body: pod('talker', talker) });
    const body = { metadata: { name: 'map', labels: { a: 'b' } }, data: { key: 'one' } };
    const { metadata } = await core.createNamespacedConfigMap({ namespace, body });
    return metadata.creationTimestamp instanceof Date;
  },
  async update() {
    const map = await core.readNamespacedConfigMap({ namespace, name: 'map' });
    await core.replaceNamespacedConfigMap({ namespace, name: 'map', body: { ...map, data: { key: 'two' } } });
    const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: 'a=b' });
    return items.map(({ data }) => data);
  },
  json: () => patched(k8s.PatchStrategy.JsonPatch, [{ op: 'replace', path: '/data/key', value: 'three' }]),
  merge: () => patched(k8s.PatchStrategy.MergePatch, { data: { merged: 'yes' } }),
  strategic: () => patched(k8s.PatchStrategy.StrategicMergePatch, { data: { merged: null } }),
  async apply() {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map' }, data: { key: 'applied' } };
    const ask = (force) =>
      core.patchNamespacedConfigMap(
        { namespace, name: 'map', fieldManager: 'me', force, body },
        as(k8s.PatchStrategy.ServerSideApply),
      );
    const conflict = await ask(false).catch((error) => error);
    const { data, metadata } = await ask(true);
    const mine = metadata.managedFields.find(({ manager }) => manager === 'me');
    return { code: conflict.code, data, operation: mine.operation };
  },
  async missing() {
    const error = await core.readNamespacedPod({ namespace, name: 'nobody' }).catch((failure) => failure);
    return { code: error.code, reason: JSON.parse(error.body).reason };
  },
  async watch() {
    const waiting = new Set(['web', 'talker']);
    const types = new Set();
    await new Promise((resolve, reject) => {
      const controller = new k8s.Watch(config).watch(
        `/api/v1/namespaces/${namespace}/pods`,
        { allowWatchBookmarks: true },
        (type, { metadata, status }) => {
          types.add(type);
          if (status?.phase === 'Running') waiting.delete(metadata.name);
          if (waiting.size === 0) resolve();
        },
        (error) => error && reject(error),
      );
      controller.catch(reject);
    });
    return types.has('ADDED');
  },
  async informer() {
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'seen=yes' });
    const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list, 'seen=yes');
    const seen = [];
    const gone = new Promise((resolve) => informer.on('delete', resolve));
    for (const verb of ['add', 'update', 'delete'])
      informer.on(verb, ({ metadata }) => seen.push(`${verb} ${metadata.name}`));
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'late', labels: { seen: 'yes' } } } });
    const body = { data: { a: 'b' } };
    await core.patchNamespacedConfigMap({ namespace, name: 'late', body }, as(k8s.PatchStrategy.MergePatch));
    await core.deleteNamespacedConfigMap({ namespace, name: 'late' });
    await gone;
    await informer.stop();
    return seen;
  },
  exec: () => execute(['sh', '-c', 'echo out; echo err >&2; exit 3'], null),
  async input() {
    const input = new PassThrough();
    const done = execute(['cat'], input);
    input.end('through stdin');
    return done;
  },
  /** Twice: standard input stays open for who comes later. */
  async attach() {
    const heard = [];
    for (const word of ['one', 'two']) {
      const out = sink();
      const input = new PassThrough();
      const attach = new k8s.Attach(config);
      const socket = await attach.attach(namespace, 'talker', 'c', out.stream, null, input, false);
      input.write(`${word}\n`);
      await out.until(`got ${word}`);
      heard.push(word);
      socket.close();
    }
    return heard;
  },
  async log() {
    const out = sink();
    const following = await new k8s.Log(config).log(namespace, 'talker', 'c', out.stream, { follow: true });
    await out.until('got two');
    following.abort();
    return (await core.readNamespacedPodLog({ namespace, name: 'talker', tailLines: 1 })) !== '';
  },
  async forward() {
    const forward = new k8s.PortForward(config);
    const server = net.createServer((socket) => {
      forward.portForward(namespace, 'web', [80], socket, null, socket).catch((error) => socket.destroy(error));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const page = await fetch(`http://127.0.0.1:${server.address().port}/`);
    const text = await page.text();
    server.close();
    return text.includes('Welcome to nginx!');
  },
  async generic() {
    const client = k8s.KubernetesObjectApi.makeApiClient(config);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'secret', namespace } };
    await client.create({ ...secret, stringData: { a: 'b' } });
    const { data } = await client.read(secret);
    await client.delete(secret);
    return data;
  },
  async scale() {
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [container('nginx:1.27')] } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'web' }, spec } });
    const body = { spec: { replicas: 3 } };
    const { MergePatch } = k8s.PatchStrategy;
    await apps.patchNamespacedDeploymentScale({ namespace, name: 'web', body }, as(MergePatch));
    return (await apps.readNamespacedDeploymentScale({ namespace, name: 'web' })).spec.replicas;
  },
  async remove() {
    await core.deleteCollectionNamespacedPod({ namespace, body: { gracePeriodSeconds: 0 } });
    return (await core.deleteNamespace({ name: namespace })).status;
  },
};

for (const [name, act] of Object.entries(steps))
  process.stdout.write(`${JSON.stringify({ name, result: await act() })}\n`);
process.exit(0);
