/** The page inside of somebody else's: one pane or all, a clock, and the way to the whole. */
import { useEffect } from 'react';
import { useCapabilities, useClusterState } from '../cluster/index.ts';
import { Status } from '../design/index.ts';
import { type Embed, update, useWords } from '../session/index.ts';
import { ClockBar } from './ClockBar.tsx';
import { centrePanes } from './features.tsx';
import { Health } from './Health.tsx';
import { Logo } from './Logo.tsx';
import { LessonPane, PaneFrame, TerminalPane, Waiting } from './panes.tsx';
import { Workbench } from './Workbench.tsx';

export default function EmbedPage({ embed }: { readonly embed: Embed }) {
  const say = useWords();
  const { state } = useClusterState();
  const { time } = useCapabilities();
  const word = ({ starting: 'clusterStarting', ready: 'clusterReady', failed: 'clusterFailed' } as const)[state];
  return (
    <>
      <header className="top-bar embed-bar">
        <h1>
          <Logo />
          <a href={wholeUrl()} target="_blank" rel="noreferrer" className="link">
            {say('openWhole')}
          </a>
        </h1>
        {state === 'ready' ? <Health /> : <Status tone={state === 'failed' ? 'bad' : 'busy'} text={say(word)} />}
        <p className="visually-hidden" role="status" data-testid="cluster-state">
          {say(word)}
        </p>
        {time && !embed.readOnly && <ClockBar />}
      </header>
      <main>
        <View embed={embed} />
      </main>
    </>
  );
}

/** The same cluster on a page of its own: taken when it is clicked, for the link may have been opened meanwhile. */
function wholeUrl(): string {
  const url = new URL(location.href);
  for (const name of ['embed', 'view', 'readonly']) url.searchParams.delete(name);
  return url.href;
}

function View({ embed: { view } }: { readonly embed: Embed }) {
  const tab = view === 'editor' ? 'editor' : 'map';
  useEffect(() => {
    if (view) update({ firstMinuteDone: true, centreTab: tab, narrowPane: 'centre' });
  }, [view, tab]);
  if (!view) return <Workbench />;
  const Shown = centrePanes[tab];
  const pane = view === 'terminal' || view === 'lesson' ? view : 'centre';
  return (
    <PaneFrame pane={pane}>
      {pane === 'terminal' && <TerminalPane />}
      {pane === 'lesson' && <LessonPane />}
      {pane === 'centre' && <Waiting>{Shown && <Shown />}</Waiting>}
    </PaneFrame>
  );
}
