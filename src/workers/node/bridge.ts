/**
 * `npm run bridge`: the engine under Node behind HTTP or HTTPS on loopback, with a kubeconfig for a real kubectl.
 * One line on stdout says that it is ready; SIGINT and SIGTERM end it.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ClusterOptions, createCluster } from '#engine/cluster';
import type { Handler } from '#engine/http';
import { Pacer, type Speed } from '../pacer.ts';
import { createCertificates } from './certificates.ts';
import { nodeHost, nodeTurn } from './host.ts';
import { serveHttp } from './http-server.ts';
import { writeKubeconfig } from './kubeconfig.ts';

const usage = `usage: npm run -s bridge -- [--port N] [--https] [--token T --user U --groups G,H] [--nodes N | --no-nodes] [--hollow]
                            [--addon metrics-server]
                            [--seed S] [--speed X|max] [--kubeconfig FILE] [--apply FILE]
`;

function options() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        https: { type: 'boolean', default: false },
        token: { type: 'string' },
        user: { type: 'string', default: 'admin' },
        groups: { type: 'string', default: 'system:masters' },
        nodes: { type: 'string', default: '2' },
        'no-nodes': { type: 'boolean', default: false },
        hollow: { type: 'boolean', default: false },
        addon: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string', default: '1' },
        speed: { type: 'string', default: '1' },
        kubeconfig: { type: 'string' },
        apply: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(message: string): never {
  process.stderr.write(`bridge: ${message}\n${usage}`);
  process.exit(2);
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) refuse(`--${name} wants a whole number from 0 to ${most}, not ${text}`);
  return value;
}

const values = options();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const speed: Speed = values.speed === 'max' ? 'max' : Number(values.speed);
if (speed !== 'max' && !(speed > 0)) refuse(`--speed wants a number above 0 or max, not ${values.speed}`);
const nodes = values['no-nodes'] ? 0 : wholeNumber('nodes', values.nodes, 5000);
const user = {
  token: values.token ?? 'podarium',
  username: values.user,
  groups: values.groups.split(',').filter(Boolean),
};
const manifest = values.apply === undefined ? undefined : readFileSync(values.apply, 'utf8');

function addons(): readonly 'metrics-server'[] {
  return values.addon.map((name) => {
    if (name !== 'metrics-server') refuse(`there is no addon ${name}; known: metrics-server`);
    // What runs nowhere measures nothing.
    if (values.hollow || nodes === 0) refuse(`${name} needs Nodes that run programs`);
    return name;
  });
}

const clusterOptions = (pki: NonNullable<ClusterOptions['pki']>): ClusterOptions => ({
  pki,
  seed: wholeNumber('seed', values.seed, 0xffffffff),
  nodes,
  // Without Nodes there is nothing that static Pods could run on: the control plane stands beside.
  shape: values.hollow || nodes === 0 ? 'hollow' : 'kubeadm',
  start: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000', ''),
  users: [user],
  addons: addons(),
  // The API server alone, as upstream's own tests of kubectl run it: nothing binds Pods, and the range of Services is the server's default.
  ...(nodes === 0 && { bare: true, serviceClusterIpRange: '10.0.0.0/24' }),
});

async function main(): Promise<void> {
  const certificates = await createCertificates(user.username, user.groups);
  const cluster = await createCluster(nodeHost(), clusterOptions(certificates.pki));
  // The API is up before anybody is told.
  const ready = () => cluster.ready;
  await cluster.loop.runUntil(cluster.loop.now() + 600_000, ready);
  const tls = values.https ? { ...certificates.server, ca: certificates.pki['ca.crt'] } : undefined;
  const pacer = new Pacer(cluster.loop, speed, nodeTurn);
  const handler: Handler = (request) => {
    const response = cluster.apiserver(request);
    pacer.nudge();
    return response;
  };
  const server = await serveHttp(handler, {
    port: wholeNumber('port', values.port, 65_535),
    ...(tls && { tls }),
  });
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${server.port}`;
  const file = values.kubeconfig ?? join(tmpdir(), `podarium-${server.port}.kubeconfig`);
  writeKubeconfig(file, { server: url, token: user.token, user: user.username, ...(tls && { certificates }) });

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const pacing = pacer.run(stop.signal);
  process.stdout.write(`ready ${url} kubeconfig=${file}\n`);
  if (manifest !== undefined) await apply(manifest);
  await pacing;
  await server.close();
  cluster.stop();

  async function apply(text: string): Promise<void> {
    const decoder = new TextDecoder();
    const write = (stream: NodeJS.WriteStream) => ({
      broken: false,
      close: () => {},
      onBroken: () => {},
      write: async (bytes: Uint8Array) => void stream.write(decoder.decode(bytes)),
    });
    const code = await cluster.run(`kubectl apply -f - <<'PODARIUM_MANIFEST'\n${text}\nPODARIUM_MANIFEST`, {
      stdout: write(process.stderr),
      stderr: write(process.stderr),
    });
    if (code !== 0) process.stderr.write(`bridge: --apply ended with exit code ${code}\n`);
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    process.exit(1);
  },
);
