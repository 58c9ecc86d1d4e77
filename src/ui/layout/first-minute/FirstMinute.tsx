/** One obvious thing to do, until it is done or waved away. */
import { type ReactNode, useEffect, useState } from 'react';
import { deployments, pods } from '#engine/api';
import { useList, useObject } from '../../cluster/index.ts';
import { Button, ToneShape } from '../../design/index.ts';
import { goToTourStep, openLesson, select, typeInTerminal, update, useSession } from '../../session/index.ts';
import { Lesson } from '../features.tsx';
import { type Stage, stageOf } from './stage.ts';
import { words } from './words.ts';

const PLACE = { namespace: 'default', name: 'hello' };
const FIX = 'kubectl set image deployment/hello web=nginx:1.27';

const skip = () => update({ firstMinuteDone: true });

type Word = keyof (typeof words)['en'];
type Tell = (word: Word) => string;

/** As the dictionary has it, with the numbers of the stage. */
function useTell(stage: Stage | undefined): Tell {
  const locale = useSession((session) => session.locale);
  return (word) =>
    words[locale][word].replace(/\{(\w+)\}/g, (_, name: string) => String(stage?.[name as keyof Stage] ?? ''));
}

export default function FirstMinute() {
  const { object } = useObject(deployments, PLACE);
  if (!object) return null;
  return <Steps stage={stageOf(object)} />;
}

const TONE = { broken: 'bad', mending: 'busy', mended: 'good' } as const;

function Steps({ stage }: { readonly stage: Stage }) {
  const tell = useTell(stage);
  const { stage: at } = stage;
  return (
    <section className="first-minute" aria-label={tell('label')} data-stage={at}>
      <div role="status">
        <h2>
          <ToneShape tone={TONE[at]} size={12} /> {tell(`${at}Title`)}
        </h2>
        <p className="quiet">{tell(`${at}Text`)}</p>
      </div>
      <div className="first-actions">
        {at === 'broken' && <BrokenActions tell={tell} />}
        {at === 'mending' && <Skip tell={tell} />}
        {at === 'mended' && <MendedActions tell={tell} />}
      </div>
    </section>
  );
}

/** The first of the Deployment's Pods. */
function useHelloPod() {
  return useList(pods, { namespace: 'default', labelSelector: 'app=hello' }).items[0];
}

function BrokenActions({ tell }: { readonly tell: Tell }) {
  const pod = useHelloPod();
  const look = () => select(pod && { resource: pods, namespace: 'default', name: pod.metadata.name ?? '' });
  return (
    <>
      <Command line={FIX}>{tell('fix')}</Command>
      <Button disabled={!pod} onClick={look}>
        {tell('look')}
      </Button>
      <Skip tell={tell} />
    </>
  );
}

function MendedActions({ tell }: { readonly tell: Tell }) {
  const pod = useHelloPod();
  return (
    <>
      <Button look="main" onClick={() => goToTourStep(0)}>
        {tell('tour')}
      </Button>
      {Lesson && <Button onClick={() => openLesson()}>{tell('lessons')}</Button>}
      {pod && (
        <Button
          title={`$ kubectl delete pod ${pod.metadata.name}`}
          onClick={() => typeInTerminal(`kubectl delete pod ${pod.metadata.name}`)}
        >
          {tell('deletePod')}
        </Button>
      )}
      <Button look="plain" onClick={skip}>
        {tell('done')}
      </Button>
    </>
  );
}

const Skip = ({ tell }: { readonly tell: Tell }) => (
  <Button look="plain" onClick={skip}>
    {tell('skip')}
  </Button>
);

/** Types its line; once, for as long as the line takes to show an effect. */
function Command({ line, children }: { readonly line: string; readonly children: ReactNode }) {
  const [typed, setTyped] = useState(false);
  useEffect(() => {
    if (!typed) return;
    const timer = setTimeout(() => setTyped(false), 4000);
    return () => clearTimeout(timer);
  }, [typed]);
  const act = () => {
    setTyped(true);
    typeInTerminal(line);
  };
  return (
    <Button look="main" title={`$ ${line}`} disabled={typed} onClick={act}>
      {children}
    </Button>
  );
}
