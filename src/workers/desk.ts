/** The workstation's desk on a port: files that programs wait for, files that the page follows, what it writes. */
import type { Cluster, Input } from '#engine/cluster';
import type { DeskMessage, DeskRequest } from './protocol.ts';
import type { Nudged } from './terminals.ts';

/** Wall time between looks at the files that the page follows. */
const LOOK_MS = 400;

/** @param cluster the one that runs now */
export function serveDesk(nudged: Nudged, cluster: () => Cluster, port: MessagePort): void {
  const served = new ServedDesk(nudged, cluster, port);
  port.onmessage = ({ data }: MessageEvent<DeskRequest>) => served.receive(data);
}

class ServedDesk {
  /** By path: the mark of what the page was last told. */
  private readonly followed = new Map<string, string | undefined>();
  private readonly looking: ReturnType<typeof setInterval>;
  private readonly stopEdits: () => void;

  constructor(
    private readonly nudged: Nudged,
    private readonly cluster: () => Cluster,
    private readonly port: MessagePort,
  ) {
    this.stopEdits = cluster().desk.onEdits(() => this.tellEdits());
    this.looking = setInterval(() => this.look(), LOOK_MS);
    this.tellEdits();
  }

  receive(request: DeskRequest): void {
    if ('follow' in request) this.follow(request.follow);
    else if ('list' in request) this.tell({ listed: this.cluster().desk.list(request.list), ask: request.ask });
    else if ('read' in request) {
      const text = this.cluster().desk.read(request.read);
      this.tell({ read: request.read, ask: request.ask, ...(text !== undefined && { text }) });
    } else if ('close' in request) {
      clearInterval(this.looking);
      this.stopEdits();
      this.port.close();
    } else if ('write' in request)
      this.submit(request.ask, { type: 'file.saved', path: request.write, text: request.text });
    else
      this.submit(request.ask, {
        type: 'editor.saved',
        edit: request.finish,
        ...(request.text !== undefined && { text: request.text }),
      });
  }

  private submit(ask: number, input: Input): void {
    this.nudged((cluster) => cluster.submit(input)).then(
      () => {
        this.look();
        this.tell({ done: ask });
      },
      (error: unknown) => this.tell({ done: ask, error: error instanceof Error ? error.message : String(error) }),
    );
  }

  private follow(paths: readonly string[]): void {
    for (const path of this.followed.keys()) if (!paths.includes(path)) this.followed.delete(path);
    for (const path of paths) {
      if (this.followed.has(path)) continue;
      this.followed.set(path, this.cluster().desk.mark(path));
      this.tellFile(path);
    }
  }

  private look(): void {
    for (const [path, before] of this.followed) {
      const now = this.cluster().desk.mark(path);
      if (now === before) continue;
      this.followed.set(path, now);
      this.tellFile(path);
    }
  }

  private tellFile(path: string): void {
    const text = this.cluster().desk.read(path);
    this.tell({ file: path, ...(text !== undefined && { text }) });
  }

  private tellEdits(): void {
    this.tell({ edits: this.cluster().desk.edits() });
  }

  private tell(message: DeskMessage): void {
    this.port.postMessage(message);
  }
}
