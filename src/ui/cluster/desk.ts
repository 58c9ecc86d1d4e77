/** The page's end of the workstation's desk: files that programs wait for, files that are followed, what is written. */
import { transfer } from 'comlink';
import type { DeskEntry, DeskMessage, DeskRequest, OpenEdit } from '../../workers/protocol.ts';
import type { Engine } from './engine.ts';

export type { DeskEntry, OpenEdit };

/** A followed file's text; undefined when there is none that could be shown. */
export type FileListener = (path: string, text: string | undefined) => void;

type Question =
  | { readonly list: string }
  | { readonly read: string }
  | { readonly write: string; readonly text: string }
  | { readonly finish: string; readonly text?: string };

interface Waiting {
  readonly answer: (message: DeskMessage) => void;
  readonly fail: (error: Error) => void;
}

/** One per engine: see `useDesk`. Every question waits for the cluster to be there. */
export class DeskClient {
  private readonly port: MessagePort;
  private readonly connected: Promise<void>;
  private readonly waiting = new Map<number, Waiting>();
  private readonly editListeners = new Set<() => void>();
  private readonly fileListeners = new Set<FileListener>();
  private pending: readonly OpenEdit[] = [];
  private asked = 0;

  constructor(engine: Engine) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = ({ data }: MessageEvent<DeskMessage>) => this.receive(data);
    this.connected = engine.ready.then(() => engine.api.openDesk(transfer(port2, [port2])));
    // Whoever asks is told; where there is no workstation nobody has to ask.
    this.connected.catch(() => undefined);
  }

  /** Files that programs wait for, the oldest first: the same array until it changes. */
  readonly edits = (): readonly OpenEdit[] => this.pending;

  readonly onEdits = (listener: () => void): (() => void) => {
    this.editListeners.add(listener);
    return () => this.editListeners.delete(listener);
  };

  onFile(listener: FileListener): () => void {
    this.fileListeners.add(listener);
    return () => this.fileListeners.delete(listener);
  }

  /** Tells about these files now and whenever they change, in the place of those followed before. */
  follow(paths: readonly string[]): void {
    this.connected.then(
      () => this.port.postMessage({ follow: paths } satisfies DeskRequest),
      () => undefined,
    );
  }

  async list(directory: string): Promise<readonly DeskEntry[]> {
    const message = await this.ask({ list: directory });
    return 'listed' in message ? message.listed : [];
  }

  async read(path: string): Promise<string | undefined> {
    const message = await this.ask({ read: path });
    return 'read' in message ? message.text : undefined;
  }

  /** Rejects with the reason when the file cannot be written. */
  async write(path: string, text: string): Promise<void> {
    await this.ask({ write: path, text });
  }

  /** An edit is over: with the text to keep, or given up. */
  async finish(edit: string, text?: string): Promise<void> {
    await this.ask({ finish: edit, ...(text !== undefined && { text }) });
  }

  private async ask(question: Question): Promise<DeskMessage> {
    await this.connected;
    const ask = ++this.asked;
    return new Promise((answer, fail) => {
      this.waiting.set(ask, { answer, fail });
      this.port.postMessage({ ...question, ask } satisfies DeskRequest);
    });
  }

  private receive(message: DeskMessage): void {
    if ('edits' in message) {
      this.pending = message.edits;
      for (const listener of [...this.editListeners]) listener();
    } else if ('file' in message) {
      for (const listener of [...this.fileListeners]) listener(message.file, message.text);
    } else {
      const ask = 'done' in message ? message.done : message.ask;
      const waiting = this.waiting.get(ask);
      this.waiting.delete(ask);
      if ('done' in message && message.error !== undefined) waiting?.fail(new Error(message.error));
      else waiting?.answer(message);
    }
  }
}

const desks = new WeakMap<Engine, DeskClient>();

export function deskOf(engine: Engine): DeskClient {
  let desk = desks.get(engine);
  if (!desk) {
    desk = new DeskClient(engine);
    desks.set(engine, desk);
  }
  return desk;
}
