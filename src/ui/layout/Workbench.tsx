/** The panes: side by side where there is room, one at a time where there is not. */
import { lazy, Suspense } from 'react';
import { Skeleton } from '../design/index.ts';
import { useNarrow } from '../design/use-narrow.ts';
import { type Pane, update, useSession, useWords } from '../session/index.ts';
import { Centre } from './Centre.tsx';
import { ExplorerPane, InspectorPane, PaneFrame, TerminalPane, WORD } from './panes.tsx';

const Columns = lazy(() => import('./Columns.tsx'));

/** Where the panes will be. */
function Shape({ label }: { readonly label: string }) {
  return (
    <div className="shape">
      <Skeleton label={label} />
      <Skeleton label={label} />
      <Skeleton label={label} />
    </div>
  );
}

export function Workbench() {
  const say = useWords();
  const narrow = useNarrow();
  if (narrow) return <OneColumn />;
  return (
    <Suspense fallback={<Shape label={say('loading')} />}>
      <Columns />
    </Suspense>
  );
}

const PANES: readonly Pane[] = ['explorer', 'centre', 'terminal'];

function OneColumn() {
  const say = useWords();
  const pane = useSession((session) => session.narrowPane);
  const selected = useSession((session) => session.selected);
  return (
    <div className="one-column">
      <PaneFrame pane={pane}>
        {pane === 'explorer' && (selected ? <InspectorPane /> : <ExplorerPane />)}
        {pane === 'centre' && <Centre tools={null} />}
        {pane === 'terminal' && <TerminalPane />}
      </PaneFrame>
      <nav className="switcher" aria-label={say('panes')}>
        {PANES.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={one === pane ? 'page' : undefined}
            onClick={() => update({ narrowPane: one })}
          >
            {say(WORD[one])}
          </button>
        ))}
      </nav>
    </div>
  );
}
