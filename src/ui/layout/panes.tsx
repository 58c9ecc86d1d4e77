/** The panes in their frames; each is loaded when it is first shown. */
import { lazy, type ReactNode, Suspense } from 'react';
import { Cross, Maximise, Restore } from '../design/icons.tsx';
import { IconButton, Skeleton } from '../design/index.ts';
import { maximise, type Pane, togglePane, useSession, useWords } from '../session/index.ts';

const Explorer = lazy(() => import('../features/explorer/Explorer.tsx'));
const Inspector = lazy(() => import('../features/inspector/Inspector.tsx'));
const Terminals = lazy(() => import('../features/terminal/Terminals.tsx'));

/** A pane's name in the dictionary. */
export const WORD = { explorer: 'explorer', centre: 'overview', terminal: 'terminal' } as const;

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

function Waiting({ children }: { readonly children: ReactNode }) {
  const say = useWords();
  return <Suspense fallback={<Skeleton label={say('loading')} />}>{children}</Suspense>;
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
export const TerminalPane = ({ tools }: { readonly tools?: ReactNode }) => (
  <Waiting>
    <Terminals tools={tools} />
  </Waiting>
);
