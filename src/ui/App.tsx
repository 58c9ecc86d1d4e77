import { lazy, type ReactNode, Suspense } from 'react';
import { ClusterProvider, type Engine, useClock, useClusterState } from './cluster/index.ts';
import { Boundary } from './design/Boundary.tsx';
import { Button, EmptyState, Messages } from './design/index.ts';
import { overlays } from './layout/features.tsx';
import { TopBar } from './layout/TopBar.tsx';
import { useKeys } from './layout/use-keys.ts';
import { Workbench } from './layout/Workbench.tsx';
import { closeOverlay, dismiss, embed, update, useSession, useWords } from './session/index.ts';
import './layout/layout.css';

const Palette = lazy(() => import('./layout/palette/Palette.tsx'));
const Tour = lazy(() => import('./layout/tour/Tour.tsx'));
const Notice = lazy(() => import('./features/timeline/Notice.tsx'));
const EmbedPage = lazy(() => import('./layout/EmbedPage.tsx'));
const KeySheet = lazy(() => import('./layout/KeySheet.tsx'));

export function App({ engine }: { readonly engine: Engine }) {
  return (
    <ClusterProvider engine={engine}>
      <Page />
    </ClusterProvider>
  );
}

function Page() {
  const say = useWords();
  const { state, error } = useClusterState();
  const messages = useSession((session) => session.messages);
  useKeys();
  return (
    <div className="page">
      {embed && state !== 'failed' ? (
        <Suspense fallback={null}>
          <EmbedPage embed={embed} />
        </Suspense>
      ) : (
        <>
          <TopBar />
          <PageNotice />
          <main>
            {state === 'failed' ? (
              <EmptyState text={say('clusterFailed')}>
                <code className="command">{error}</code>
                <Button look="main" onClick={() => location.reload()}>
                  {say('reload')}
                </Button>
              </EmptyState>
            ) : (
              <Workbench />
            )}
          </main>
        </>
      )}
      <Messages messages={messages} dismissLabel={say('dismissMessage')} onDismiss={dismiss} />
      <NewPage />
      <Over />
      <Guide />
    </div>
  );
}

/** That this is the past, or that the API server is away. */
function PageNotice() {
  const clock = useClock();
  if (!clock || (clock.answers && !clock.past)) return null;
  return (
    <Suspense fallback={null}>
      <Notice />
    </Suspense>
  );
}

const nothing = (): ReactNode => null;

/** What lies over the page, when somebody asked for it. */
function Over() {
  const overlay = useSession((session) => session.overlay);
  const Shown = overlay && overlays[overlay];
  return (
    <Boundary key={overlay ?? ''} fallback={nothing}>
      <Suspense fallback={null}>
        {overlay === 'palette' && <Palette />}
        {overlay === 'keys' && <KeySheet onClose={closeOverlay} />}
        {Shown && <Shown />}
      </Suspense>
    </Boundary>
  );
}

/** The tour, while somebody takes it. */
function Guide() {
  const showing = useSession((session) => session.tour !== undefined);
  return <Suspense fallback={null}>{showing && <Tour />}</Suspense>;
}

/** A newer page has arrived; it takes over when it suits. */
function NewPage() {
  const say = useWords();
  const load = useSession((session) => session.newPage);
  return (
    <div className="notice-place" role="status">
      {load && (
        <p className="notice">
          {say('newPage')}
          <Button look="main" onClick={load}>
            {say('reload')}
          </Button>
          <Button look="plain" onClick={() => update({ newPage: undefined })}>
            {say('later')}
          </Button>
        </p>
      )}
    </div>
  );
}
