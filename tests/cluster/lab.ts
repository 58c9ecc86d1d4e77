/** A whole cluster for a test: commands typed at the workstation, time that passes when told to. */
import { type Client, createClient } from '#engine/client-go';
import { type Cluster, type ClusterOptions, createCluster, type Fault } from '#engine/cluster';
import { Pipe } from '#engine/http';
import type { TraceEvent } from '#engine/sim';
import { nodeHost } from '../../src/workers/node/host.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const HOUR = 3_600_000;

export class Lab {
  readonly client: Client;

  private constructor(
    readonly cluster: Cluster,
    readonly traces: readonly TraceEvent[],
  ) {
    this.client = createClient(cluster.apiserver, { token: cluster.adminToken, userAgent: 'test' });
  }

  static async boot(options: ClusterOptions = {}): Promise<Lab> {
    const traces: TraceEvent[] = [];
    const cluster = await createCluster(
      nodeHost((event) => traces.push(event)),
      { freeze: true, ...options },
    );
    const lab = new Lab(cluster, traces);
    await lab.until(() => cluster.ready, 'the cluster to get ready');
    return lab;
  }

  /** One that somebody else has made. */
  static of(cluster: Cluster): Lab {
    return new Lab(cluster, []);
  }

  get now(): number {
    return this.cluster.loop.now();
  }

  async pass(seconds: number): Promise<void> {
    await this.cluster.loop.runUntil(this.now + seconds * 1000);
  }

  /** Runs until `holds`; fails after a virtual hour. */
  async until(holds: () => boolean, what: string, withinMs = HOUR): Promise<void> {
    if (!(await this.cluster.loop.runUntil(this.now + withinMs, holds))) throw new Error(`waited in vain for ${what}`);
  }

  async settled<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const ended = promise.finally(() => {
      done = true;
    });
    ended.catch(() => undefined);
    await this.until(() => done, 'an answer');
    return ended;
  }

  fault(fault: Fault): Promise<unknown> {
    return this.settled(this.cluster.submit({ type: 'fault', fault }));
  }

  /** A command line at the workstation, to its end. */
  async sh(line: string): Promise<Outcome> {
    const [stdout, stderr] = [new Pipe<Uint8Array>(), new Pipe<Uint8Array>()];
    const texts = Promise.all([collect(stdout), collect(stderr)]);
    const code = await this.settled(this.cluster.run(line, { stdout, stderr }));
    stdout.close();
    stderr.close();
    const [out, err] = await texts;
    return { code, stdout: out, stderr: err };
  }

  /** A command that has to succeed; answers with what it printed. */
  async ok(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.sh(line);
    if (code !== 0) throw new Error(`${line}\nexit code ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  stop(): void {
    this.cluster.stop();
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
