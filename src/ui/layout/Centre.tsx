/** The middle: the map and the editor where they are built in, and always the overview. */
import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { Skeleton, Tabs } from '../design/index.ts';
import { type CentreTab, update, useSession, useWords } from '../session/index.ts';
import { FirstMinute } from './FirstMinute.tsx';

type Loader = () => Promise<{ readonly default: ComponentType }>;

/** Panes that others write: found when they are there. */
const found = import.meta.glob<{ readonly default: ComponentType }>([
  '../features/topology/index.tsx',
  '../features/editor/index.tsx',
]);
const pane = (loader: Loader | undefined) => (loader ? lazy(loader) : undefined);
const panes: { readonly [tab in CentreTab]: ComponentType | undefined } = {
  map: pane(found['../features/topology/index.tsx']),
  overview: lazy(() => import('../features/overview/Overview.tsx')),
  editor: pane(found['../features/editor/index.tsx']),
};
const tabs = (Object.keys(panes) as CentreTab[]).filter((tab) => panes[tab]);

export function Centre({ tools }: { readonly tools: ReactNode }) {
  const say = useWords();
  const wanted = useSession((session) => session.centreTab);
  const tab = panes[wanted] ? wanted : 'overview';
  const Shown = panes[tab];
  return (
    <Tabs
      label={say('panes')}
      value={tab}
      items={tabs.map((value) => ({ value, label: say(value) }))}
      onChange={(value) => update({ centreTab: value as CentreTab })}
      tools={tools}
    >
      <FirstMinute />
      <Suspense fallback={<Skeleton label={say('loading')} />}>{Shown && <Shown />}</Suspense>
    </Tabs>
  );
}
