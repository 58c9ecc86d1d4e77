/** The learner's desk: a machine outside the cluster with a shell, kubectl and a kubeconfig. */

import type { Handler, Net, Sink, Source } from '#engine/http';
import {
  createDevices,
  createFileSystem,
  createVolume,
  executable,
  type FileSystem,
  type Image,
  type Kernel,
  type ProcessGroup,
  type Program,
  type Tty,
} from '#engine/os';
import { type Ledger, type Saved, untilAborted, type World } from '#engine/sim';
import { EDITOR_VARIABLE } from './editing.ts';
import { API_PORT } from './options.ts';
import { plainYaml } from './plain-yaml.ts';

export interface Streams {
  readonly stdin?: Source<Uint8Array>;
  readonly stdout?: Sink<Uint8Array>;
  readonly stderr?: Sink<Uint8Array>;
}

export interface WorkstationOptions {
  readonly world: World;
  readonly kernel: Kernel;
  readonly net: Net;
  readonly image: Image;
  /** Programs besides the image's, each in /usr/local/bin. */
  readonly tools: readonly string[];
  readonly server: string;
  readonly token: string;
  /** The certificate of who signed the server's, PEM. Absent: the server is believed. */
  readonly authority?: string;
  /** Where its disk is written down, and what lies there from before. */
  readonly ledger?: Ledger;
  readonly saved?: Saved;
}

const HOME = '/root';
const INIT = '/sbin/init';
/** All are the one editor of the page. */
const EDITORS = ['edit', 'vi', 'vim', 'nano'];

/** The machine's first process: there until the end. */
export const init: Program = async (process) => {
  await untilAborted(process.killed);
  return 0;
};

/** What `kubeadm init` leaves in admin.conf. */
const kubeconfig = ({ server, token, authority }: WorkstationOptions): string => {
  const trust =
    authority === undefined ? { 'insecure-skip-tls-verify': true } : { 'certificate-authority-data': btoa(authority) };
  return plainYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'kubernetes', cluster: { ...trust, server } }],
    users: [{ name: 'kubernetes-admin', user: { token } }],
    contexts: [{ name: 'kubernetes-admin@kubernetes', context: { cluster: 'kubernetes', user: 'kubernetes-admin' } }],
    'current-context': 'kubernetes-admin@kubernetes',
  });
};

export class Workstation {
  readonly fs: FileSystem;
  private readonly group: ProcessGroup;

  constructor(options: WorkstationOptions) {
    const { world, image, ledger, saved } = options;
    const disk = createVolume(world.clock, {
      layers: image.layers,
      ...(ledger && { ledger }),
      ...(saved && { saved }),
    });
    this.fs = createFileSystem([
      { path: '/', volume: disk },
      { path: '/dev', volume: createDevices(world.clock) },
    ]);
    const write = (path: string, content: Uint8Array, mode: number) => {
      this.fs.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      this.fs.writeFile(path, content, { mode });
    };
    // A disk of before has everything, but for tools that came later.
    const editors = EDITORS.map((name) => [`/usr/local/bin/${name}`, 'edit'] as const);
    const tools = options.tools.map((tool) => [`/usr/local/bin/${tool}`, tool] as const);
    for (const [path, program] of [[INIT, 'init'] as const, ...editors, ...tools])
      if (!saved || !this.fs.exists(path)) write(path, executable(program), 0o755);
    if (!saved) write(`${HOME}/.kube/config`, new TextEncoder().encode(kubeconfig(options)), 0o600);
    this.group = options.kernel.createGroup({
      name: 'workstation',
      hostname: 'workstation',
      fs: this.fs,
      net: options.net,
    });
    this.group.start([INIT], { env: ENVIRONMENT });
  }

  /** Puts a file into the learner's home. */
  writeHomeFile(path: string, text: string): void {
    const full = `${HOME}/${path}`;
    this.fs.mkdir(full.slice(0, full.lastIndexOf('/')), { recursive: true });
    this.fs.writeFile(full, new TextEncoder().encode(text));
  }

  /** Runs a command line in a shell of its own; resolves with its exit code. */
  async run(line: string, streams: Streams = {}, signal?: AbortSignal): Promise<number> {
    const child = this.group.start(['bash', '-c', line], { env: ENVIRONMENT, cwd: HOME, ...streams });
    signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    return (await child.exited).code;
  }

  /** An interactive login shell on a terminal, to its end. Its programs can tell the terminals apart by TERM_SESSION_ID. */
  async shell(tty: Tty, terminal: string, editor = false): Promise<number> {
    const env = new Map([...ENVIRONMENT, ['TERM_SESSION_ID', terminal], ...(editor ? EDITOR : [])]);
    return (await this.group.start(['bash', '-l'], { env, cwd: HOME, tty }).exited).code;
  }
}

/** Where files can be edited beside the terminal. */
const EDITOR: ReadonlyMap<string, string> = new Map([
  [EDITOR_VARIABLE, '1'],
  ['EDITOR', 'edit'],
]);

const ENVIRONMENT: ReadonlyMap<string, string> = new Map([
  ['HOME', HOME],
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['USER', 'root'],
  ['TERM', 'xterm-256color'],
  ['LANG', 'C.UTF-8'],
]);

/** `https://address:6443` */
export const serverUrl = (address: string): string => `https://${address}:${API_PORT}`;

/** A handler that reaches the API server from a host of the network. */
export const apiHandler =
  (net: Net, address: string): Handler =>
  (request) =>
    net.fetch({ ...request, scheme: 'https', authority: `${address}:${API_PORT}` });
