/** The panes: side by side where there is room, one at a time where there is not. */
import { lazy, Suspense } from 'react';
import { Skeleton } from '../design/index.ts';
import { useNarrow } from '../design/use-narrow.ts';
import { update, useSession, useWords } from '../session/index.ts';
import { Centre } from './Centre.tsx';
import { PANES } from './features.tsx';
import { PANE_ICON } from './pane-icons.tsx';
import { ExplorerPane, InspectorPane, LessonPane, PaneFrame, TerminalPane, TimelinePane, WORD } from './panes.tsx';

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

function OneColumn() {
  const say = useWords();
  const wanted = useSession((session) => session.narrowPane);
  const pane = PANES.includes(wanted) ? wanted : 'centre';
  const selected = useSession((session) => session.selected);
  return (
    <div className="one-column">
      <PaneFrame pane={pane}>
        <h2 className="visually-hidden">{say(WORD[pane])}</h2>
        {pane === 'lesson' && <LessonPane />}
        {pane === 'explorer' && (selected ? <InspectorPane /> : <ExplorerPane />)}
        {pane === 'centre' && <Centre tools={null} />}
        {pane === 'terminal' && <TerminalPane />}
        {pane === 'timeline' && <TimelinePane />}
      </PaneFrame>
      <nav className="switcher" aria-label={say('panes')}>
        {PANES.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={one === pane ? 'page' : undefined}
            onClick={() => update({ narrowPane: one })}
          >
            {PANE_ICON[one]}
            {say(WORD[one])}
          </button>
        ))}
      </nav>
    </div>
  );
}
