/** The output of a Pod's containers, followed while it is on show. */
import { useEffect, useState } from 'react';
import { bodyText } from '#engine/http';
import { type Client, useClient } from '../../../cluster/index.ts';
import { type LogLine, LogLines } from './lines.ts';

export interface Wanted {
  readonly namespace: string;
  readonly pod: string;
  readonly containers: readonly string[];
  readonly previous: boolean;
  readonly follow: boolean;
  /** undefined: all of it */
  readonly sinceSeconds: number | undefined;
}

export interface Logs {
  readonly lines: readonly LogLine[];
  readonly dropped: boolean;
  /** What the server said instead of a log. */
  readonly error?: string;
}

const NOTHING: Logs = { lines: [], dropped: false };

export function useLogs({ namespace, pod, containers, previous, follow, sinceSeconds }: Wanted): Logs {
  const client = useClient();
  const [logs, setLogs] = useState(NOTHING);
  const names = containers.join(' ');
  useEffect(() => {
    const stop = new AbortController();
    const lines = new LogLines();
    let error: string | undefined;
    let frame = 0;
    setLogs(NOTHING);
    const show = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        const read = lines.read();
        setLogs({ lines: read, dropped: lines.dropped, ...(error !== undefined && { error }) });
      });
    };
    for (const container of names.split(' ').filter(Boolean)) {
      const query = new URLSearchParams({
        container,
        timestamps: 'true',
        tailLines: '3000',
        ...(previous ? { previous: 'true' } : follow && { follow: 'true' }),
        ...(sinceSeconds !== undefined && { sinceSeconds: String(sinceSeconds) }),
      });
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`;
      const take = (piece: string) => {
        lines.take(container, piece);
        show();
      };
      read(client, path, stop.signal, take).then(
        () => {
          lines.end(container);
          show();
        },
        (problem: unknown) => {
          if (stop.signal.aborted) return;
          error = problem instanceof Error ? problem.message : String(problem);
          show();
        },
      );
    }
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [client, namespace, pod, names, previous, follow, sinceSeconds]);
  return logs;
}

async function read(client: Client, path: string, signal: AbortSignal, take: (text: string) => void): Promise<void> {
  const { body } = await client.request('GET', path, { signal });
  if (body?.kind !== 'stream' || body.framing !== 'bytes') return take(await bodyText(body));
  const decoder = new TextDecoder();
  const { frames } = body;
  signal.addEventListener('abort', () => frames.cancel(), { once: true });
  await frames.forEach((bytes) => {
    take(decoder.decode(bytes, { stream: true }));
  });
}
