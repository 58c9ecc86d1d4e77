import { useEffect, useRef, useState } from 'react';
import type { KubeObject } from '#engine/apimachinery';
import { bodyText } from '#engine/http';
import { type Client, useClient } from '../../cluster/index.ts';
import { ScrollRegion } from '../../design/index.ts';
import { useWords } from '../../session/index.ts';
import { containersOf } from './loose.ts';

/** Characters kept: what is older scrolls away. */
const KEEP = 400_000;

interface Wanted {
  readonly path: string;
  readonly container: string;
  readonly previous: boolean;
}

/** A container's output, followed. */
export function Logs({ pod }: { readonly pod: KubeObject }) {
  const say = useWords();
  const containers = containersOf(pod);
  const [container, setContainer] = useState(containers.at(-1) ?? '');
  const [previous, setPrevious] = useState(false);
  const { namespace = '', name } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
  const text = useLogs({ path, container, previous });
  const scroll = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = scroll.current;
    if (element && text) element.scrollTop = element.scrollHeight;
  }, [text]);
  return (
    <div className="logs">
      <div className="field-bar">
        <select
          className="field"
          aria-label={say('container')}
          value={container}
          onChange={(event) => setContainer(event.target.value)}
        >
          {containers.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <label className="check">
          <input type="checkbox" checked={previous} onChange={(event) => setPrevious(event.target.checked)} />
          {say('previous')}
        </label>
      </div>
      <ScrollRegion label={say('logs')} scroller={scroll}>
        <pre>{text || say('noLogs')}</pre>
      </ScrollRegion>
    </div>
  );
}

function useLogs({ path, container, previous }: Wanted): string {
  const client = useClient();
  const [text, setText] = useState('');
  useEffect(() => {
    const stop = new AbortController();
    let kept = '';
    let frame = 0;
    setText('');
    const take = (more: string) => {
      kept = (kept + more).slice(-KEEP);
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setText(kept);
      });
    };
    follow(client, { path, container, previous }, stop.signal, take).catch((error: unknown) => {
      if (!stop.signal.aborted) take(error instanceof Error ? error.message : String(error));
    });
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [client, path, container, previous]);
  return text;
}

async function follow(
  client: Client,
  { path, container, previous }: Wanted,
  signal: AbortSignal,
  take: (text: string) => void,
): Promise<void> {
  const query = new URLSearchParams({
    container,
    tailLines: '2000',
    ...(previous ? { previous: 'true' } : { follow: 'true' }),
  });
  const { body } = await client.request('GET', `${path}?${query}`, { signal });
  if (body?.kind !== 'stream' || body.framing !== 'bytes') return take(await bodyText(body));
  const decoder = new TextDecoder();
  const { frames } = body;
  signal.addEventListener('abort', () => frames.cancel(), { once: true });
  await frames.forEach((bytes) => {
    take(decoder.decode(bytes, { stream: true }));
  });
}
