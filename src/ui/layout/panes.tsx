/** The panes in their frames; each is loaded when it is first shown. */
import { lazy, type ReactNode, Suspense } from 'react';
import { useCapabilities } from '../cluster/index.ts';
import { Boundary } from '../design/Boundary.tsx';
import { Cross, Maximise, Restore } from '../design/icons.tsx';
import { Button, EmptyState, IconButton, Skeleton } from '../design/index.ts';
import { maximise, type Pane, togglePane, useSession, useWords } from '../session/index.ts';
import { Lesson, Timeline } from './features.tsx';

const Explorer = lazy(() => import('../features/explorer/Explorer.tsx'));
const Inspector = lazy(() => import('../features/inspector/Inspector.tsx'));
const Terminals = lazy(() => import('../features/terminal/Terminals.tsx'));

/** A pane's name in the dictionary. */
export const WORD = {
  lesson: 'lessons',
  explorer: 'explorer',
  centre: 'centre',
  terminal: 'terminal',
  timeline: 'timeline',
} as const;

/** A landmark that keys can find. */
export function PaneFrame({ pane, children }: { readonly pane: Pane; readonly children: ReactNode }) {
  const say = useWords();
  return (
    <section className="pane" data-pane={pane} aria-label={say(WORD[pane])} tabIndex={-1}>
      {children}
    </section>
  );
}

export function PaneTools({ pane }: { readonly pane: Pane }) {
  const say = useWords();
  const maximised = useSession((session) => session.maximised) === pane;
  const name = { pane: say(WORD[pane]) };
  return (
    <div className="pane-tools">
      <IconButton label={say(maximised ? 'restore' : 'maximise', name)} onClick={() => maximise(pane)}>
        {maximised ? <Restore size={14} /> : <Maximise size={14} />}
      </IconButton>
      <IconButton label={say('hidePane', name)} onClick={() => togglePane(pane)}>
        <Cross size={14} />
      </IconButton>
    </div>
  );
}

/** Waits for a part that is being loaded, and stands in for one that failed. */
export function Waiting({ children }: { readonly children: ReactNode }) {
  const say = useWords();
  const fallback = (error: unknown, again: () => void) => (
    <EmptyState text={say('paneFailed')}>
      <code className="command">{String(error)}</code>
      <Button onClick={again}>{say('tryAgain')}</Button>
    </EmptyState>
  );
  return (
    <Boundary fallback={fallback}>
      <Suspense fallback={<Skeleton label={say('loading')} />}>{children}</Suspense>
    </Boundary>
  );
}

export const ExplorerPane = () => (
  <Waiting>
    <Explorer />
  </Waiting>
);
export const InspectorPane = () => (
  <Waiting>
    <Inspector />
  </Waiting>
);
/** What only an engine of ours can do, and what to say where there is none. */
function OnEngine({ children }: { readonly children: ReactNode }) {
  const say = useWords();
  const { shell } = useCapabilities();
  return shell ? <Waiting>{children}</Waiting> : <EmptyState text={say('notOnReal')} />;
}

export const TerminalPane = ({ tools }: { readonly tools?: ReactNode }) => (
  <OnEngine>
    <Terminals tools={tools} />
  </OnEngine>
);
export const LessonPane = () => <OnEngine>{Lesson && <Lesson />}</OnEngine>;
export const TimelinePane = () => <OnEngine>{Timeline && <Timeline />}</OnEngine>;
