/** The tab that runs the cluster answers the calls of the others. */
import type { EngineApi } from '../protocol.ts';
import { channelOf, isPortName, type TabMessage } from './messages.ts';

/** A channel that passes for a MessagePort, as far as the engine uses one. */
function channelPort(name: string): MessagePort {
  const channel = new BroadcastChannel(name);
  const port = {
    postMessage: (message: unknown) => channel.postMessage(message),
    addEventListener: channel.addEventListener.bind(channel),
    removeEventListener: channel.removeEventListener.bind(channel),
    start: () => {},
    close: () => channel.close(),
    set onmessage(listener: ((event: MessageEvent) => void) | null) {
      channel.onmessage = listener;
    },
  };
  return port as unknown as MessagePort;
}

/** Serves other tabs until the worker ends. */
export function serveTabs(cluster: string, api: EngineApi): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(channelOf(cluster));
  const post = (message: TabMessage) => channel.postMessage(message);
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type !== 'call') return;
    const { id, method, args } = data;
    const call = (api as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown })[method];
    const failed = (error: unknown) =>
      post({ type: 'failure', id, message: error instanceof Error ? error.message : String(error) });
    if (!call) {
      failed(`no such method: ${method}`);
      return;
    }
    const given = args.map((value) => (isPortName(value) ? channelPort(value.portChannel) : value));
    Promise.resolve()
      .then(() => call(...given))
      .then((value) => post({ type: 'result', id, value }))
      .catch(failed);
  };
}
