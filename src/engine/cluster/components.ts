/** The control-plane components as Programs: what runs when their container starts, and dies when it is killed. */

import { nodes } from '#engine/api';
import { createInformerFactory } from '#engine/client-go';
import type { Handler, Net } from '#engine/http';
import { textResponse } from '#engine/http';
import type { Process, Program } from '#engine/os';
import { untilAborted, type World } from '#engine/sim';
import { API_PORT, podNetworkOf } from './options.ts';
import { nodeNetwork, type Site } from './site.ts';
import { accountClients, certificateClient, inClusterClient } from './transport.ts';

/** Whatever a component needs of the process it runs in: a container's, or the bare machine's beside a hollow cluster. */
export interface ComponentProcess extends World {
  readonly net: Net;
  readonly hostname: string;
  readonly killed: AbortSignal;
}

const healthy: Handler = async () => textResponse(200, 'ok');

export async function runApiServer(site: Site, process: ComponentProcess): Promise<void> {
  const { createApiServer } = await site.load('apiserver');
  if (process.killed.aborted) return;
  const { handler } = createApiServer(
    process,
    {
      etcd: site.etcd.connect(),
      net: process.net,
      advertiseAddress: site.apiAddress,
      load: site.load,
      serviceAccountKey: site.pki['sa.key'],
      clientCa: site.pki['ca.crt'],
      users: [
        { token: site.adminToken, username: 'kubernetes-admin', groups: ['system:masters', 'kubeadm:cluster-admins'] },
        ...(site.options.users ?? []),
      ],
      ...(site.options.serviceClusterIpRange !== undefined && {
        serviceClusterIpRange: site.options.serviceClusterIpRange,
      }),
      // History has a bound of its own: see History.
      compactionIntervalMs: site.options.etcdCompactionIntervalMs ?? 0,
      ...(site.options.freeze !== undefined && { freeze: site.options.freeze }),
    },
    process.killed,
  );
  site.apiServers.add(process);
  await listenUntilKilled(process, API_PORT, handler);
  site.apiServers.delete(process);
}

export async function runManager(site: Site, process: ComponentProcess): Promise<void> {
  const identity = { commonName: 'system:kube-controller-manager', organizations: [] };
  const client = certificateClient(process.net, site.apiAddress, identity, 'kube-controller-manager');
  const clientFor = accountClients(process, process.net, site.apiAddress, client, 'kube-controller-manager');
  const options = {
    clusterCidr: podNetworkOf(site.options),
    allocateNodeCidrs: !site.options.bare,
    clientFor,
    rootCa: site.pki['ca.crt'],
    clusterSigning: { certificate: site.pki['ca.crt'], key: site.pki['ca.key'] },
    cel: () => site.load('cel'),
    halted: site.halted,
  };
  const { runControllerManager } = await site.load('controllers');
  if (process.killed.aborted) return;
  const run = runControllerManager(process, client, options, process.killed);
  await Promise.all([run, listenUntilKilled(process, 10257, healthy)]);
}

export async function runKubeScheduler(site: Site, process: ComponentProcess): Promise<void> {
  const client = certificateClient(
    process.net,
    site.apiAddress,
    { commonName: 'system:kube-scheduler', organizations: [] },
    'kube-scheduler',
  );
  const { runScheduler } = await site.load('scheduler');
  if (process.killed.aborted) return;
  const run = runScheduler(process, client, { identity: process.hostname }, process.killed);
  await Promise.all([run, listenUntilKilled(process, 10259, healthy)]);
}

/** A server that closes its port when the process dies. */
async function listenUntilKilled(process: ComponentProcess, port: number, handler: Handler): Promise<void> {
  if (process.killed.aborted) return;
  const listener = process.net.listen(port, handler);
  await untilAborted(process.killed);
  listener.close();
}

/** Gives a Node's network the blocks that its Node object was assigned: what a CNI plugin's agent does. */
async function runNetworkAgent(site: Site, process: Process): Promise<void> {
  const name = process.env.get('NODE_NAME') ?? process.hostname;
  const client = certificateClient(
    process.net,
    site.apiAddress,
    { commonName: `system:node:${name}`, organizations: ['system:nodes'] },
    'kindnetd',
  );
  const network = nodeNetwork(site, name);
  const informers = createInformerFactory(process, client, process.killed);
  const configure = (podCidrs: readonly string[] | undefined) => {
    if (podCidrs && podCidrs.length > 0) network.configure(podCidrs);
  };
  informers.informer(nodes, { fieldSelector: `metadata.name=${name}` }).addEventHandler({
    added: (node) => configure(node.spec.podCIDRs),
    updated: (_, node) => configure(node.spec.podCIDRs),
  });
  await untilAborted(process.killed);
}

async function runProxy(site: Site, process: Process): Promise<void> {
  const nodeName = process.env.get('NODE_NAME') ?? process.hostname;
  const client = certificateClient(
    process.net,
    site.apiAddress,
    { commonName: 'system:kube-proxy', organizations: [] },
    'kube-proxy',
  );
  const { runKubeProxy } = await site.load('proxy');
  if (process.killed.aborted) return;
  return runKubeProxy(
    process,
    client,
    { nodeName, network: nodeNetwork(site, nodeName), clusterCidr: podNetworkOf(site.options) },
    process.killed,
  );
}

/** A component never ends by itself: when it does, it has failed. */
const component =
  (run: (process: Process) => Promise<void>): Program =>
  async (process) => {
    await run(process);
    return process.killed.aborted ? 0 : 1;
  };

/** Storage on demand: images that anybody may run, part of no cluster by themselves. */
const provisioners = ['local-path-provisioner', 'storage-provisioner'];

/** Programs by the names that the component images' executables carry. */
export function componentPrograms(site: () => Site): ReadonlyMap<string, Program> {
  return new Map<string, Program>([
    [
      'etcd',
      component((process) =>
        Promise.all([site().etcd.run(process.killed), listenUntilKilled(process, 2381, healthy)]).then(() => undefined),
      ),
    ],
    ['kube-apiserver', component((process) => runApiServer(site(), process))],
    ['kube-controller-manager', component((process) => runManager(site(), process))],
    ['kube-scheduler', component((process) => runKubeScheduler(site(), process))],
    ['kube-proxy', component((process) => runProxy(site(), process))],
    ['kindnetd', component((process) => runNetworkAgent(site(), process))],
    [
      'coredns',
      async (process) => {
        const { createCoreDns } = await process.until(site().load('addons'));
        return createCoreDns(inClusterClient(process, 'coredns'))(process);
      },
    ],
    [
      'metrics-server',
      async (process) => {
        const { load } = site();
        const { createMetricsServer } = await process.until(load('metricsserver'));
        return createMetricsServer(inClusterClient(process, 'metrics-server'), () => load('openapi'))(process);
      },
    ],
    ...provisioners.map((name): [string, Program] => [
      name,
      async (process) => {
        const { createLocalProvisioner } = await process.until(site().load('addons'));
        return createLocalProvisioner(inClusterClient(process, name), name)(process);
      },
    ]),
  ]);
}
