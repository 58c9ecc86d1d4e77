/** Everything about the object that is selected. */
import { useState } from 'react';
import { resourcePath } from '#engine/api';
import { useObject } from '../../cluster/index.ts';
import { Cross } from '../../design/icons.tsx';
import { EmptyState, IconButton, KindMark, Skeleton, Tabs } from '../../design/index.ts';
import { type ObjectReference, select, useSession, useWords } from '../../session/index.ts';
import { Actions } from './Actions.tsx';
import { Logs } from './Logs.tsx';
import { Summary } from './Summary.tsx';
import { YamlView } from './YamlView.tsx';
import './inspector.css';

type View = 'summary' | 'yaml' | 'logs';

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
  const views: readonly View[] = plural === 'pods' ? ['summary', 'logs', 'yaml'] : ['summary', 'yaml'];
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
      {synced && !object && <EmptyState text={say('gone', { name: reference.name })} />}
      {object && (
        <>
          <Actions reference={reference} object={object} />
          <div className="inspector-views">
            <Tabs
              label={say('inspector')}
              value={view}
              items={views.map((value) => ({ value, label: say(value) }))}
              onChange={(value) => setView(value as View)}
            >
              {view === 'summary' && <Summary reference={reference} object={object} />}
              {view === 'yaml' && <YamlView resource={reference.resource} object={object} />}
              {view === 'logs' && <Logs pod={object} />}
            </Tabs>
          </div>
        </>
      )}
    </section>
  );
}
