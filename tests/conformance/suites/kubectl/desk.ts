/** The machine the transcripts were typed at: a hollow cluster of three Nodes, a shell in /demo, users by token. */
import { type Cluster, createCluster } from '#engine/cluster';
import { Pipe } from '#engine/http';
import type { FileSystem } from '#engine/os';
import { nodeHost } from '../../../../src/workers/node/host.ts';

export interface Outcome {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly outcome: Promise<Outcome>;
  interrupt(): void;
}

const USERS = [
  { token: 'jane-token', username: 'jane', groups: ['developers'] },
  { token: 'bob-token', username: 'bob', groups: ['ops'] },
];
const HOME = '/home/user';
const FOLDER = '/demo';
/** Where the recorded API server listened. */
const RECORDED_SERVER = /https:\/\/127\.0\.0\.1:3744\d/g;
const PATIENCE_MS = 300_000;
const encoder = new TextEncoder();

const ZONES = ['zone-a', 'zone-a', 'zone-b'];

export class Desk {
  private readonly files: FileSystem;

  private constructor(
    readonly cluster: Cluster,
    private readonly server: string,
  ) {
    this.files = (cluster as unknown as { readonly workstation: { readonly fs: FileSystem } }).workstation.fs;
    this.files.mkdir(FOLDER, { recursive: true });
  }

  static async boot(): Promise<Desk> {
    const cluster = await createCluster(nodeHost(), {
      shape: 'hollow',
      nodes: 3,
      start: '2026-11-22T09:44:27Z',
      users: USERS,
      freeze: true,
      hollowNode: (index) => ({
        labels: { 'topology.kubernetes.io/zone': ZONES[index] ?? 'zone-a' },
        cpu: '1',
        memory: '3840Mi',
      }),
    });
    const { loop } = cluster;
    if (!(await loop.runUntil(loop.now() + 120_000, () => cluster.ready)))
      throw new Error('the cluster does not become ready');
    const files = (cluster as unknown as { readonly workstation: { readonly fs: FileSystem } }).workstation.fs;
    const config = new TextDecoder().decode(files.readFile('/root/.kube/config'));
    const server = /server: (\S+)/.exec(config)?.[1] ?? '';
    return new Desk(cluster, server);
  }

  /** Nothing is left of the boot, as the recorder saw to it. */
  async forget(): Promise<void> {
    await this.pass(20_000);
    await this.until(this.start('kubectl delete events --all -A --wait=false').outcome);
  }

  stop(): void {
    this.cluster.stop();
  }

  async pass(ms: number): Promise<void> {
    await this.cluster.loop.runUntil(this.cluster.loop.now() + ms);
  }

  /** The usual kubeconfig, or the scenario's own with our server in the place of the recorded one. */
  writeKubeconfig(text: string | undefined): void {
    const token = this.cluster.adminToken;
    const usual = `apiVersion: v1
kind: Config
clusters:
- cluster:
    insecure-skip-tls-verify: true
    server: ${this.server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
users:
- name: kubernetes-admin
  user:
    token: ${token}
- name: jane
  user:
    token: jane-token
- name: bob
  user:
    token: bob-token
`;
    const own = text
      ?.replaceAll(RECORDED_SERVER, this.server)
      .replaceAll(/token: <token>|token: admin-token/g, `token: ${token}`);
    this.write(`${HOME}/.kube/config`, own ?? usual);
  }

  writeFile(name: string, content: string): void {
    this.write(`${FOLDER}/${name}`, content.replaceAll(RECORDED_SERVER, this.server));
  }

  private write(path: string, content: string): void {
    const folder = path.slice(0, path.lastIndexOf('/'));
    this.files.mkdir(folder, { recursive: true });
    this.files.writeFile(path, encoder.encode(content));
  }

  /** A line as typed, in the scenario's folder. */
  type(line: string, stdin?: string, environment: { readonly [name: string]: string } = {}): Running {
    const exports = Object.entries({ HOME, ...environment }).map(
      ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    );
    return this.start(
      `cd ${FOLDER}; ${exports.join('; ')}\n${line.replaceAll(RECORDED_SERVER, this.server)}`,
      stdin ?? '',
    );
  }

  private start(line: string, input = ''): Running {
    const abort = new AbortController();
    const stdin = new Pipe<Uint8Array>();
    if (input !== '') stdin.push(encoder.encode(input));
    stdin.close();
    const texts = { stdout: '', stderr: '' };
    const sink = (name: 'stdout' | 'stderr') => {
      const decoder = new TextDecoder();
      const pipe = new Pipe<Uint8Array>(1024);
      pipe
        .forEach((bytes) => {
          texts[name] += decoder.decode(bytes, { stream: true });
        })
        .catch((error) => this.cluster.loop.fail(error));
      return pipe;
    };
    const outcome = this.cluster
      .run(line, { stdin, stdout: sink('stdout'), stderr: sink('stderr') }, abort.signal)
      .then((exit) => ({ exit, stdout: this.asRecorded(texts.stdout), stderr: this.asRecorded(texts.stderr) }));
    return { outcome, interrupt: () => abort.abort() };
  }

  /** Our addresses, which no placeholder covers, as the recorded ones. */
  private asRecorded(text: string): string {
    const address = /https?:\/\/([^:/]+):(\d+)/.exec(this.server);
    if (!address) return text;
    const nodes = [...this.cluster.machines.values()].flatMap((machine) =>
      'address' in machine.spec ? [String(machine.spec.address)] : [],
    );
    let out = text
      .replaceAll(this.cluster.adminToken, 'admin-token')
      .replaceAll(this.server, 'https://127.0.0.1:37441')
      .replaceAll(`${address[1]}:${address[2]}`, '127.0.0.1:37441');
    for (const node of nodes) out = sameWidth(out, node, '192.0.2.2');
    return out;
  }

  /** Runs the world until the promise is settled. */
  async until<T>(promise: Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
    const { loop } = this.cluster;
    let done = false;
    const finished = promise.finally(() => {
      done = true;
    });
    finished.catch(() => undefined);
    if (!(await loop.runUntil(loop.now() + patienceMs, () => done))) throw new Error('did not end in time');
    return finished;
  }
}

/** In a table the columns behind must stay where they are. */
const sameWidth = (text: string, from: string, to: string): string =>
  text.replaceAll(new RegExp(`${from.replaceAll('.', '\\.')}(?=( {2,}\\S)?)`, 'g'), (_, gap: string | undefined) =>
    gap === undefined ? to : to.padEnd(from.length),
  );
