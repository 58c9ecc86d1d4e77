/** Why the object is as it is. */
import { EmptyState, ScrollRegion, Skeleton } from '../../../design/index.ts';
import type { ObjectReference } from '../../../session/index.ts';
import { useInspectorWords } from '../words/use-words.ts';
import { Findings } from './Findings.tsx';
import { Steps } from './Steps.tsx';
import { useExplanation } from './use-explanation.ts';
import { clockTime } from './when.ts';
import './why.css';

interface WhyProps {
  readonly reference: ObjectReference;
  /** resourceVersion of the object; undefined when it is gone. */
  readonly version: string | undefined;
}

export function WhyView({ reference, version }: WhyProps) {
  const say = useInspectorWords();
  const { answer, error } = useExplanation(reference, version, (api, subject, at) => api.why(subject, at));
  if (error !== undefined) return <EmptyState text={error} />;
  if (!answer) return <Skeleton label={say('looking')} />;
  const { exists, findings, steps, since } = answer;
  return (
    <ScrollRegion label={say('why')}>
      <div className="why">
        {exists ? (
          <Findings findings={findings} self={reference.name} />
        ) : (
          <p>{say(steps.length > 0 ? 'gone' : 'notYet')}</p>
        )}
        <h3>{say('story')}</h3>
        {steps.length > 0 ? <Steps steps={steps} self={reference.name} /> : <p className="quiet">{say('noStory')}</p>}
        <p className="quiet why-since">{say('since', { time: clockTime(since) })}</p>
      </div>
    </ScrollRegion>
  );
}
