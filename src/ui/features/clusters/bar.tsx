/** Which cluster this is, and the way to the others; says when it is not kept, or runs in another tab. */
import { Database } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type HostState, hostSource } from '../../cluster/host-state.ts';
import { useCapabilities, useEngine } from '../../cluster/index.ts';
import { BarButton } from '../../design/index.ts';
import { notify, openOverlay } from '../../session/index.ts';
import { useClusterWords } from './words/use-words.ts';
import type { ClusterSay } from './words/words.ts';
import './clusters.css';

export default function ClustersEntry() {
  const { keeping } = useCapabilities();
  return keeping ? <Entry /> : null;
}

function Entry() {
  const say = useClusterWords();
  const engine = useEngine();
  const source = hostSource(engine);
  const host = useSyncExternalStore(source.subscribe, source.get);
  const [name, setName] = useState('');
  useEffect(() => {
    engine.ready.then(
      (started) => setName(started.name),
      () => undefined,
    );
  }, [engine]);
  useHostNews(host, say);
  const label = name ? say('barNamed', { name }) : say('bar');
  const note =
    host?.runs === 'other-tab'
      ? say('otherTab')
      : host?.kept === 'memory' && host.problem
        ? say('memoryTitle')
        : undefined;
  return (
    <BarButton
      icon={
        <span className="clusters-icon" data-note={note ? '' : undefined}>
          <Database size={16} />
        </span>
      }
      label={note ? `${label}. ${note}` : label}
      onClick={() => openOverlay('clusters')}
    />
  );
}

/** Says once what has changed about where the cluster lives. */
function useHostNews(host: HostState | undefined, say: ClusterSay): void {
  const before = useRef<HostState>(undefined);
  useEffect(() => {
    const last = before.current;
    before.current = host;
    if (!host) return;
    if (host.failure && !last?.failure) openOverlay('crash');
    if (last?.runs === 'other-tab' && host.runs === 'here')
      notify({ tone: 'good', title: say('tookOver'), text: say('tookOverText') });
    if (host.problem?.kind === last?.problem?.kind) return;
    if (host.problem) notify({ tone: 'bad', ...newsOf(host.problem, say) });
    else if (last?.problem) notify({ tone: 'good', title: say('again'), text: say('againText') });
  }, [host, say]);
}

function newsOf(
  { kind, message }: NonNullable<HostState['problem']>,
  say: ClusterSay,
): { readonly title: string; readonly text: string } {
  const memory = say('memoryTitle');
  switch (kind) {
    case 'unavailable':
      return { title: memory, text: say('unavailable') };
    case 'quota':
      return { title: memory, text: say('quota') };
    case 'failed':
      return { title: memory, text: say('diskFailed', { message }) };
    case 'damaged':
      return { title: say('damagedTitle'), text: say('damagedText', { message }) };
    case 'newer':
      return { title: say('damagedTitle'), text: say('newerText', { message }) };
  }
}
