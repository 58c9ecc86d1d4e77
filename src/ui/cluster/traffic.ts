/** Requests as they happen, for whoever draws them. */
import { transfer } from 'comlink';
import { useCallback } from 'react';
import type { TrafficBatch } from '../../workers/protocol.ts';
import { useEngine } from './hooks.tsx';

export type { TrafficBatch } from '../../workers/protocol.ts';

/** Calls with every batch of requests until the returned function is called. While nobody listens the engine counts nothing. */
export type TrafficSubscription = (listener: (batch: TrafficBatch) => void) => () => void;

export function useTraffic(): TrafficSubscription {
  const { api, ready } = useEngine();
  return useCallback(
    (listener) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<TrafficBatch>) => listener(data);
      let over = false;
      // A cluster that cannot be started, or has no engine of ours, has no traffic to show; others say so.
      ready.then(() => (over ? undefined : api.watchTraffic(transfer(port2, [port2])))).catch(() => undefined);
      return () => {
        over = true;
        port1.postMessage('stop');
        port1.onmessage = null;
      };
    },
    [api, ready],
  );
}
