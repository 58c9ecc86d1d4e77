/** A reload is a power cut of the whole site: live, in replay, and through a disk it is the same. */
import { expect, test } from 'vitest';
import { type Cluster, type ClusterOptions, createCluster, type Fault, type Input, replay } from '#engine/cluster';
import { applyChanges, ChangeLog, type Changes, Saved, type TraceEvent, TraceHash } from '#engine/sim';
import { nodeHost } from '../../src/workers/node/host.ts';

/** What a reload leaves: only what was written down, through a structured clone as IndexedDB makes one. */
class Disk {
  readonly texts = new Map<string, string>();

  flush(cluster: Cluster): void {
    const changes = cluster.changes();
    if (changes) applyChanges(this.texts, structuredClone(changes) as Changes);
  }
}

class Live {
  readonly disk = new Disk();
  readonly hash = new TraceHash();
  private listens: { on: boolean } = { on: true };
  cluster!: Cluster;

  constructor(private readonly options: ClusterOptions) {}

  async power(): Promise<void> {
    this.listens.on = false;
    const listens = { on: true };
    this.listens = listens;
    const trace = (event: TraceEvent) => {
      if (listens.on) this.hash.add(event);
    };
    const { texts } = this.disk;
    const saved = texts.size > 0 ? { saved: new Saved(texts) } : {};
    this.cluster = await createCluster(nodeHost(trace), this.options, { ledger: new ChangeLog(), ...saved });
  }

  async input(seconds: number, ...inputs: readonly Input[]): Promise<void> {
    for (const input of inputs) this.cluster.submit(input).catch(() => undefined);
    // Many small flushes, as a page makes them.
    const end = this.cluster.loop.now() + seconds * 1000;
    while (this.cluster.loop.now() < end) {
      await this.cluster.loop.runUntil(Math.min(end, this.cluster.loop.now() + 730));
      this.disk.flush(this.cluster);
    }
  }
}

const command = (line: string): Input => ({ type: 'command', line });
const fault = (what: Fault): Input => ({ type: 'fault', fault: what });

test('a run with two power cuts in it replays to the last event', { timeout: 240_000 }, async () => {
  const options: ClusterOptions = { seed: 7, nodes: 3 };
  const live = new Live(options);
  await live.power();
  await live.input(
    100,
    { type: 'terminal.open', terminal: 't', columns: 80, rows: 24 },
    { type: 'terminal.input', terminal: 't', text: 'echo kept > /root/note; mkdir -p /root/a/b\n' },
  );
  await live.input(20, command('kubectl create deployment web --image=nginx --replicas=6'));
  await live.input(3, command('kubectl set image deployment/web nginx=nginx:1.27'));
  await live.power();
  await live.input(30, command('cat /root/note; kubectl get pods -o wide'));
  await live.input(5, fault({ do: 'link.slow', between: ['node-1', 'control-plane'], extraMs: 20 }));
  await live.input(
    5,
    fault({ do: 'node.crash', node: 'node-2' }),
    command('kubectl scale deployment web --replicas=9'),
  );
  await live.power();
  await live.input(60, command('kubectl get nodes'), fault({ do: 'node.recover', node: 'node-2' }));
  await live.input(60, command('kubectl get pods -A'), command('kubectl get events'));
  const { cluster, hash } = live;
  expect(cluster.boots).toBe(2);
  expect(cluster.journal.entries().filter(({ input }) => input.type === 'power-cycle')).toHaveLength(2);
  const recording = { options, journal: cluster.journal.entries(), until: cluster.loop.now() };
  const again = await replay(JSON.parse(JSON.stringify(recording)), nodeHost());
  expect(again).toEqual({ hash: hash.digest(), events: hash.count });
});
