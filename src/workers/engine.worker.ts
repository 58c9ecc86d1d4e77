/** Where the engine lives in a browser: one cluster, kept in step with the wall clock. */
import { expose } from 'comlink';
import { type Cluster, createCluster, replay } from '#engine/cluster';
import { Pipe } from '#engine/http';
import type { EngineApi } from './protocol.ts';
import { createSettle } from './settle.ts';

/** Virtual time that one turn may cover before the worker listens to the page again, ms. */
const SLICE_MS = 250;
const TICK_MS = 10;
const BOOT_LIMIT_MS = 600_000;

let cluster: Cluster | undefined;

async function pace({ loop }: Cluster): Promise<never> {
  const wallStart = performance.now();
  const virtualStart = loop.now();
  for (;;) {
    const due = virtualStart + performance.now() - wallStart;
    await loop.runUntil(Math.min(due, loop.now() + SLICE_MS));
    await new Promise((resolve) => setTimeout(resolve, loop.now() >= due ? TICK_MS : 0));
  }
}

async function collect(pipe: Pipe<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  await pipe.forEach((bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  return text;
}

const api: EngineApi = {
  async start(options) {
    cluster = await createCluster({ settle: createSettle(), trace: () => {} }, options);
    const { loop } = cluster;
    const started = cluster;
    await loop.runUntil(loop.now() + BOOT_LIMIT_MS, () => started.ready);
    pace(cluster).catch((error) => {
      throw error;
    });
  },
  async run(line) {
    if (!cluster) throw new Error('no cluster has been started');
    const [stdout, stderr] = [new Pipe<Uint8Array>(), new Pipe<Uint8Array>()];
    const printed = Promise.all([collect(stdout), collect(stderr)]);
    const code = await cluster.run(line, { stdout, stderr });
    stdout.close();
    stderr.close();
    const [out, err] = await printed;
    return { code, stdout: out, stderr: err };
  },
  replay: (recording) => replay(recording, createSettle()),
};

expose(api);
