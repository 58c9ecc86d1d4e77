/** Where the engine lives in a browser: one cluster, kept in step with the wall clock. */
import { expose } from 'comlink';
import { type Cluster, type ClusterOptions, createCluster, type Input, replay } from '#engine/cluster';
import { type Handler, Pipe } from '#engine/http';
import { loadAsset, prefetchAssets } from './assets.ts';
import { Pacer } from './pacer.ts';
import { servePort } from './port.ts';
import type { EngineApi, TerminalMessage } from './protocol.ts';
import { createSettle } from './settle.ts';

const BOOT_LIMIT_MS = 600_000;

interface Running {
  readonly cluster: Cluster;
  readonly options: ClusterOptions;
  readonly pacer: Pacer;
}

let running: Running | undefined;
let terminals = 0;

function current(): Running {
  if (!running) throw new Error('no cluster has been started');
  return running;
}

const settle = createSettle();
const breathe = createSettle();
const turn = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : breathe());

/** An input goes in, and the pacer looks at once. */
function nudged<T>(act: (cluster: Cluster) => Promise<T>): Promise<T> {
  const { cluster, pacer } = current();
  const outcome = act(cluster);
  pacer.nudge();
  return outcome;
}

async function collect(pipe: Pipe<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  await pipe.forEach((bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  return text;
}

/** The administrator's credentials, so that the page needs none. */
const asAdmin: Handler = (request) =>
  nudged((cluster) =>
    cluster.apiserver({ ...request, headers: { authorization: `Bearer ${cluster.adminToken}`, ...request.headers } }),
  );

function terminalInput(terminal: string, message: TerminalMessage): Input {
  if (typeof message === 'string') return { type: 'terminal.input', terminal, text: message };
  if ('hangup' in message) return { type: 'terminal.hangup', terminal };
  return { type: 'terminal.resize', terminal, ...message };
}

function receive(terminal: string, message: TerminalMessage): void {
  nudged((cluster) => cluster.submit(terminalInput(terminal, message))).catch((error) =>
    current().cluster.loop.fail(error),
  );
}

const api: EngineApi = {
  async start(options) {
    const cluster = await createCluster({ settle, load: loadAsset, trace: () => {} }, options);
    const { loop } = cluster;
    await loop.runUntil(loop.now() + BOOT_LIMIT_MS, () => cluster.ready);
    const pacer = new Pacer(loop, 1, turn);
    running = { cluster, options, pacer };
    void prefetchAssets();
    pacer.run(new AbortController().signal).catch((error) => {
      throw error;
    });
  },
  connect: (port) => servePort(port, asAdmin),
  async openTerminal(size, port) {
    terminals++;
    const terminal = `terminal-${terminals}`;
    const { output, exited } = await nudged((cluster) => cluster.openTerminal(terminal, size));
    port.onmessage = ({ data }: MessageEvent<TerminalMessage>) => receive(terminal, data);
    const shown = output.forEach((bytes) => {
      port.postMessage(bytes);
    });
    Promise.all([exited, shown])
      .then(([exit]) => port.postMessage({ exit }))
      .catch((error) => current().cluster.loop.fail(error));
  },
  async run(line) {
    const [stdout, stderr] = [new Pipe<Uint8Array>(), new Pipe<Uint8Array>()];
    const printed = Promise.all([collect(stdout), collect(stderr)]);
    const code = await nudged((cluster) => cluster.run(line, { stdout, stderr }));
    stdout.close();
    stderr.close();
    const [out, err] = await printed;
    return { code, stdout: out, stderr: err };
  },
  fetch: (request) =>
    nudged((cluster) => cluster.submit({ type: 'fetch', ...request })) as ReturnType<EngineApi['fetch']>,
  async submit(fault) {
    await nudged((cluster) => cluster.submit({ type: 'fault', fault }));
  },
  clock: () => current().pacer.state,
  setSpeed(speed) {
    current().pacer.speed = speed;
  },
  pause: () => current().pacer.pause(),
  resume: () => current().pacer.resume(),
  step: () => current().pacer.step(),
  recording() {
    const { cluster, options } = current();
    return { options, journal: cluster.journal.entries(), until: cluster.loop.now() };
  },
  replay: (recording) => replay(recording, { settle: createSettle(), load: loadAsset }),
};

expose(api);
