/** Sets the stage for a scenario. Everything happens inside the simulation, so options and seed repeat it. */
import { type Service, services } from '#engine/api';
import { type Client, createInformerFactory } from '#engine/client-go';
import { bodyBytes, httpRequest, NetError, Pipe } from '#engine/http';
import type { Millis } from '#engine/sim';
import type { Scenario, Traffic } from './scenario.ts';
import type { Site } from './site.ts';
import type { Workstation } from './workstation.ts';

export interface Stage {
  readonly site: Site;
  readonly admin: Client;
  readonly workstation: Workstation;
  readonly signal: AbortSignal;
  /** The last write that is more than a heartbeat. */
  readonly changedAt: () => Millis;
  /** A bug of ours in what goes on by itself stops the world. */
  readonly guard: (promise: Promise<unknown>) => void;
}

const QUIET_MS = 5000;
const SETTLE_LIMIT_MS = 300_000;
const LOOK_MS = 1000;
const PATIENCE_MS = 5000;

const encoder = new TextEncoder();

/** Writes files, applies manifests, waits for quiet, starts traffic. Throws when a manifest is refused: the scenario is wrong. */
export async function setStage(stage: Stage, scenario: Scenario): Promise<void> {
  for (const [path, text] of Object.entries(scenario.files ?? {})) stage.workstation.writeHomeFile(path, text);
  for (const manifest of scenario.apply ?? []) await apply(stage.workstation, manifest);
  if (scenario.settled) await untilQuiet(stage);
  startAllTraffic(stage, scenario);
}

/** Clients begin to ask, and do so until the end. */
export function startAllTraffic(stage: Stage, { traffic = [] }: Scenario): void {
  for (const one of traffic) startTraffic(stage, one);
}

/** Applies metrics-server's manifest, and does not wait for it: it takes two rounds of reading kubelets. */
export async function enableMetricsServer({ site, workstation }: Stage): Promise<void> {
  const { metricsServerManifest: items } = await site.load('metricsserver');
  await apply(workstation, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

async function apply(workstation: Workstation, manifest: string): Promise<void> {
  const [stdin, stdout, stderr] = [new Pipe<Uint8Array>(1e6), new Pipe<Uint8Array>(1e6), new Pipe<Uint8Array>(1e6)];
  stdin.push(encoder.encode(manifest));
  stdin.close();
  let said = '';
  const decoder = new TextDecoder();
  const heard = [stdout, stderr].map((pipe) =>
    pipe.forEach((bytes) => {
      said += decoder.decode(bytes);
    }),
  );
  const code = await workstation.run('kubectl apply -f -', { stdin, stdout, stderr });
  stdout.close();
  stderr.close();
  await Promise.all(heard);
  if (code !== 0) throw new Error(`the scenario cannot be applied: ${said}`);
}

/** Resolves when nothing but heartbeats has been written for a while. */
async function untilQuiet({ site: { world }, changedAt, signal }: Stage): Promise<void> {
  const deadline = world.clock.now() + SETTLE_LIMIT_MS;
  while (!signal.aborted && world.clock.now() < Math.min(deadline, changedAt() + QUIET_MS))
    await world.clock.sleep(LOOK_MS, 'scenario: until quiet', signal);
}

/** The client sits on the first Node that is no control plane, and reaches Services as that Node does. */
function startTraffic({ site, admin, signal, guard }: Stage, { from, to, namespace, rps }: Traffic): void {
  const { world, fabric } = site;
  const [, name = '', port, path = '/'] = /^svc\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(to) ?? [];
  const nodes = [...fabric.nodes()];
  const net = (nodes[1] ?? nodes[0])?.net;
  if (!net) return;
  const informer = createInformerFactory(world, admin, signal).informer<Service>(services, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  const ask = async (): Promise<number> => {
    const service = informer.lister.get(`${namespace}/${name}`);
    const authority = `${service?.spec.clusterIP ?? ''}:${port ?? service?.spec.ports?.[0]?.port ?? 80}`;
    if (!service) return 0;
    const patience = new AbortController();
    const timer = world.clock.after(PATIENCE_MS, 'traffic: patience', () => patience.abort());
    try {
      const request = httpRequest('GET', `http://${authority}${path}`, {
        headers: { host: name, 'user-agent': from },
        signal: patience.signal,
      });
      const response = await net.fetch(request);
      await bodyBytes(response.body);
      return response.status;
    } catch (error) {
      if (!(error instanceof NetError) && !patience.signal.aborted) throw error;
      return 0;
    } finally {
      timer.cancel();
    }
  };
  const tick = () => {
    if (signal.aborted) return;
    world.clock.after(1000 / rps, 'traffic', tick);
    guard(
      ask().then((status) =>
        world.trace.emit('traffic.result', { from, to, namespace, status, ok: status >= 200 && status < 400 }),
      ),
    );
  };
  guard(informer.synced.then(tick));
}
