/** A web browser at the learner's workstation: what NodePorts and load balancers show, without a script of theirs. */
import { useCallback, useEffect, useRef } from 'react';
import { useCapabilities, useClock, useEngine } from '../../cluster/index.ts';
import { EmptyState } from '../../design/index.ts';
import { update, useSession } from '../../session/index.ts';
import { AddressBar } from './AddressBar.tsx';
import { Failed } from './Failed.tsx';
import type { Fetch } from './load.ts';
import { Openings } from './Openings.tsx';
import { PageFrame } from './PageFrame.tsx';
import { PlainContent } from './PlainContent.tsx';
import { entryOf, go, open, reload, type Shown, trust, useBrowser } from './tabs.ts';
import { useBrowserWords } from './words/use-words.ts';
import './browser.css';

export default function Browser() {
  const say = useBrowserWords();
  const { api } = useEngine();
  const fetch = useCallback<Fetch>((request) => api.fetch(request), [api]);
  const wanted = useSession((session) => session.address);
  const entry = useBrowser(entryOf);
  const loading = useBrowser((state) => state.loading);
  const paused = useClock()?.paused ?? false;
  const { shell } = useCapabilities();

  useEffect(() => {
    if (wanted === '') return;
    // Taken: the same address can be wished for again.
    update({ address: '' });
    open(fetch, wanted);
  }, [wanted, fetch]);

  if (!shell) return <EmptyState text={say('clusterOnly')} />;
  return (
    <section className="browser" aria-label={say('browser')}>
      <AddressBar say={say} fetch={fetch} />
      {loading && <div className="browser-progress" data-paused={paused ? '' : undefined} />}
      <p className="visually-hidden" role="status">
        {loading && entry ? say('loading', { host: hostOf(entry.visit.url) }) : titleOf(entry?.shown, say)}
      </p>
      {loading && paused && <p className="browser-note">{say('paused')}</p>}
      {entry ? <Content shown={entry.shown} fetch={fetch} /> : <Openings say={say} fetch={fetch} />}
    </section>
  );
}

const hostOf = (url: string): string => new URL(url).host;

function titleOf(shown: Shown | undefined, say: ReturnType<typeof useBrowserWords>): string {
  if (!shown || 'failed' in shown.loaded) return '';
  return say('loaded', { title: shown.document?.title || hostOf(shown.loaded.url) });
}

function Content({ shown, fetch }: { readonly shown: Shown | undefined; readonly fetch: Fetch }) {
  const say = useBrowserWords();
  const last = useRef<Shown>(undefined);
  if (shown) last.current = shown;
  // Like every browser: the old page stays until the new one is there.
  const now = shown ?? last.current;
  if (!now) return <div className="browser-blank" />;
  const { loaded, document } = now;
  if ('failed' in loaded) {
    return <Failed say={say} failure={loaded} onRetry={() => reload(fetch)} onTrust={() => trust(fetch, loaded.url)} />;
  }
  if (!document) return <PlainContent say={say} loaded={loaded} />;
  return (
    <>
      <PageFrame
        document={document}
        url={loaded.url}
        label={say('page', { host: hostOf(loaded.url) })}
        onVisit={(visit) => go(fetch, visit)}
      />
      {(document.scripts > 0 || loaded.cut) && (
        <p className="browser-note" role="note">
          {loaded.cut && say('cut')}{' '}
          {document.scripts > 0 &&
            (document.scripts === 1 ? say('script') : say('scripts', { count: document.scripts }))}
        </p>
      )}
    </>
  );
}
