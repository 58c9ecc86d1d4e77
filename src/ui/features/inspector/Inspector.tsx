/** Everything about the object that is selected. */
import { useState } from 'react';
import { resourcePath } from '#engine/api';
import { useCapabilities, useObject } from '../../cluster/index.ts';
import { Cross } from '../../design/icons.tsx';
import { EmptyState, IconButton, KindMark, Skeleton, Tabs } from '../../design/index.ts';
import { type ObjectReference, select, useSession, useWords } from '../../session/index.ts';
import { Actions } from './Actions.tsx';
import { LogsView } from './logs/LogsView.tsx';
import { Summary } from './Summary.tsx';
import { SchedulingView } from './scheduling/SchedulingView.tsx';
import { WhyView } from './why/WhyView.tsx';
import { useInspectorWords } from './words/use-words.ts';
import { YamlView } from './yaml/YamlView.tsx';
import './inspector.css';

type View = 'summary' | 'why' | 'scheduling' | 'logs' | 'yaml';

export default function Inspector() {
  const say = useWords();
  const selected = useSession((session) => session.selected);
  if (!selected) return <EmptyState text={say('selectSomething')} />;
  return <Inspected key={resourcePath(selected.resource, selected)} reference={selected} />;
}

function Inspected({ reference }: { readonly reference: ObjectReference }) {
  const say = useWords();
  const [view, setView] = useState<View>('summary');
  const { object, synced } = useObject(reference.resource, reference);
  const { kind, plural } = reference.resource;
  const words = useInspectorWords();
  // Only an engine of our own can explain.
  const { time: explains } = useCapabilities();
  const pod = plural === 'pods';
  const views: readonly View[] = [
    'summary',
    ...(explains ? (['why'] as const) : []),
    ...(explains && pod ? (['scheduling'] as const) : []),
    ...(pod ? (['logs'] as const) : []),
    'yaml',
  ];
  const version = object?.metadata.resourceVersion;
  const labelOf = (one: View) => (one === 'why' || one === 'scheduling' ? words(one) : say(one));
  return (
    <section className="inspector" aria-label={say('inspector')}>
      <div className="inspector-head">
        <KindMark kind={kind} />
        <div className="inspector-name">
          <h2>{reference.name}</h2>
          <p className="quiet">
            {kind}
            {reference.namespace ? ` · ${reference.namespace}` : ''}
          </p>
        </div>
        <IconButton label={say('backToList')} onClick={() => select(undefined)}>
          <Cross size={16} />
        </IconButton>
      </div>
      {!synced && <Skeleton label={say('loading')} />}
      {synced && !object && (
        <>
          <p className="inspector-gone">{say('gone', { name: reference.name })}</p>
          {explains && <WhyView reference={reference} version={undefined} />}
        </>
      )}
      {object && (
        <>
          <Actions reference={reference} object={object} />
          <div className="inspector-views">
            <Tabs
              label={say('inspector')}
              value={view}
              items={views.map((value) => ({ value, label: labelOf(value) }))}
              onChange={(value) => setView(value as View)}
            >
              {view === 'summary' && <Summary reference={reference} object={object} />}
              {view === 'why' && <WhyView reference={reference} version={version} />}
              {view === 'scheduling' && <SchedulingView reference={reference} version={version} />}
              {view === 'yaml' && <YamlView resource={reference.resource} object={object} />}
              {view === 'logs' && <LogsView pod={object} />}
            </Tabs>
          </div>
        </>
      )}
    </section>
  );
}
