/** The bar along the top: what this is, how it is, its time, and what can be done with all of it. */
import { type ReactNode, Suspense } from 'react';
import { useCapabilities, useClusterState } from '../cluster/index.ts';
import { Boundary } from '../design/Boundary.tsx';
import { Disclosure } from '../design/Disclosure.tsx';
import { More, Search } from '../design/icons.tsx';
import { BarButton, Status } from '../design/index.ts';
import { useNarrow } from '../design/use-narrow.ts';
import { openOverlay, useWords } from '../session/index.ts';
import { Appearance, HelpEntries, LanguageButton } from './Appearance.tsx';
import { ClockBar } from './ClockBar.tsx';
import { barEntries } from './features.tsx';
import { Health } from './Health.tsx';
import { Logo } from './Logo.tsx';
import { PaneToggles } from './PaneToggles.tsx';

export function TopBar() {
  const say = useWords();
  const narrow = useNarrow();
  const { time } = useCapabilities();
  return (
    <header className="top-bar">
      <h1>
        <Logo />
        <span className="top-name">{say('appName')}</span>
      </h1>
      <State />
      {time ? <ClockBar /> : <RealCluster />}
      {!narrow && (
        <div className="bar-group">
          <BarEntries />
        </div>
      )}
      {!narrow && <PaneToggles />}
      <div className="bar-group">
        <BarButton
          icon={<Search size={16} />}
          label={say('palette')}
          keys="Ctrl+K"
          data-tour="palette"
          onClick={() => openOverlay('palette')}
        />
        {!narrow && <LanguageButton />}
        <Disclosure label={say('menu')} icon={<More size={16} />}>
          {narrow && <BarEntries />}
          <Appearance />
          <HelpEntries />
        </Disclosure>
      </div>
    </header>
  );
}

/** In place of the clock: a real cluster's time cannot be stopped. */
function RealCluster() {
  const say = useWords();
  return (
    <button type="button" className="badge link real-badge" onClick={() => openOverlay('real')}>
      {say('realCluster')}
    </button>
  );
}

/** How the cluster is; spoken when it is there. */
function State() {
  const say = useWords();
  const { state } = useClusterState();
  const word = ({ starting: 'clusterStarting', ready: 'clusterReady', failed: 'clusterFailed' } as const)[state];
  return (
    <>
      {state === 'ready' ? <Health /> : <Status tone={state === 'failed' ? 'bad' : 'busy'} text={say(word)} />}
      <p className="visually-hidden" role="status" data-testid="cluster-state">
        {say(word)}
      </p>
    </>
  );
}

const nothing = (): ReactNode => null;

/** What features put here; one that fails is left out. */
function BarEntries() {
  return barEntries.map(({ name, Entry }) => (
    <Boundary key={name} fallback={nothing}>
      <Suspense fallback={null}>
        <Entry />
      </Suspense>
    </Boundary>
  ));
}
