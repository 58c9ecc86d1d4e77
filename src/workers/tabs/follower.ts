/**
 * A tab whose cluster runs in another one: its page's calls go there and back, its ports are bridged. When the other tab is gone the calls
 * under way fail, and what the ports were for is asked of whoever answers then.
 */
import { channelOf, type TabMessage } from './messages.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A port of the page and the channel that carries it, with the call it came with. */
interface Bridge {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly port: MessagePort;
  cut(): void;
}

/** What of a Handler's wire the page still waits for: see port.ts. */
class OpenExchanges {
  private readonly open = new Map<number, 'asked' | 'streaming'>();

  sent(message: unknown): void {
    const { type, id } = message as { readonly type?: string; readonly id?: number };
    if (type === 'request' && id !== undefined) this.open.set(id, 'asked');
  }

  received(message: unknown): void {
    const { type, id, body, up } = message as {
      readonly type?: string;
      readonly id?: number;
      readonly body?: { readonly kind: string };
      readonly up?: boolean;
    };
    if (id === undefined) return;
    if (type === 'response' && body?.kind === 'stream') this.open.set(id, 'streaming');
    else if (type === 'response' || type === 'failure' || (type === 'end' && !up)) this.open.delete(id);
  }

  /** What the other end would say if its connection were reset. */
  resets(message: string): readonly unknown[] {
    return [...this.open].map(([id, state]) =>
      state === 'asked'
        ? { type: 'failure', id, code: 'ECONNRESET', message }
        : { type: 'end', id, up: false, error: message },
    );
  }
}

const GONE = 'the tab that ran the cluster was closed';

export class Follower {
  private readonly channel: BroadcastChannel;
  private readonly waiting = new Map<string, Waiting>();
  private readonly bridges: Bridge[] = [];

  constructor(cluster: string) {
    this.channel = new BroadcastChannel(channelOf(cluster));
    this.channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      if (data.type === 'call') return;
      const one = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.type === 'result') one?.resolve(data.value);
      else one?.reject(new Error(data.message));
    };
  }

  /** Rejects when the other tab does, or goes away. */
  call(method: string, args: readonly unknown[]): Promise<unknown> {
    const id = crypto.randomUUID();
    const sent = args.map((value) => (value instanceof MessagePort ? this.bridge(method, args, value) : value));
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.channel.postMessage({ type: 'call', id, method, args: sent } satisfies TabMessage);
    });
  }

  /** The other tab is gone. Answers with the calls whose ports want somebody new behind them. */
  end(): readonly Pick<Bridge, 'method' | 'args'>[] {
    this.channel.close();
    for (const { reject } of this.waiting.values()) reject(new Error(GONE));
    this.waiting.clear();
    for (const bridge of this.bridges) bridge.cut();
    return this.bridges;
  }

  private bridge(method: string, args: readonly unknown[], port: MessagePort): { readonly portChannel: string } {
    const portChannel = `podarium/port/${crypto.randomUUID()}`;
    const channel = new BroadcastChannel(portChannel);
    const exchanges = method === 'connect' ? new OpenExchanges() : undefined;
    const up = ({ data }: MessageEvent) => {
      exchanges?.sent(data);
      channel.postMessage(data);
    };
    channel.onmessage = ({ data }) => {
      exchanges?.received(data);
      port.postMessage(data);
    };
    port.addEventListener('message', up);
    port.start();
    const cut = () => {
      port.removeEventListener('message', up);
      channel.close();
      for (const message of exchanges?.resets(GONE) ?? []) port.postMessage(message);
      // A shell dies with its machine, as of SIGHUP.
      if (method === 'openTerminal') port.postMessage({ exit: 129 });
    };
    this.bridges.push({ method, args, port, cut });
    return { portChannel };
  }
}
