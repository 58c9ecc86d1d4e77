/** The middle: map, overview, editor and browser panel, those that are there. */
import { lazy, type ReactNode, Suspense } from 'react';
import { Tabs } from '../design/index.ts';
import { type CentreTab, update, useSession, useWords } from '../session/index.ts';
import { centrePanes } from './features.tsx';
import { Waiting } from './panes.tsx';

const FirstMinute = lazy(() => import('./first-minute/FirstMinute.tsx'));

const tabs = (Object.keys(centrePanes) as CentreTab[]).filter((tab) => centrePanes[tab]);

export function Centre({ tools }: { readonly tools: ReactNode }) {
  const say = useWords();
  const wanted = useSession((session) => session.centreTab);
  const tab = centrePanes[wanted] ? wanted : 'overview';
  const beenHere = useSession((session) => session.firstMinuteDone);
  const Shown = centrePanes[tab];
  return (
    <Tabs
      label={say('panes')}
      value={tab}
      items={tabs.map((value) => ({ value, label: say(value) }))}
      onChange={(value) => update({ centreTab: value as CentreTab })}
      tools={tools}
    >
      <Suspense fallback={null}>{!beenHere && <FirstMinute />}</Suspense>
      <Waiting key={tab}>{Shown && <Shown />}</Waiting>
    </Tabs>
  );
}
