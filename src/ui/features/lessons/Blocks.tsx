/** Boxes in the text: hints, mistakes, the look back, and ways into the cluster. */
import type { ReactNode } from 'react';
import { resourceByName } from '#engine/lessons';
import { Button } from '../../design/index.ts';
import { select, showPane } from '../../session/index.ts';
import { useLesson } from './lesson-context.ts';

export function Hint({ children }: { readonly children?: ReactNode }) {
  const { say } = useLesson();
  return (
    <details className="lesson-box">
      <summary>{say('more')}</summary>
      {children}
    </details>
  );
}

/** Shown while the mistake is being made. */
export function Mistake({ id, children }: { readonly id: string; readonly children?: ReactNode }) {
  const { grade, say } = useLesson();
  const made = grade?.mistakes.includes(id) ?? false;
  return (
    <div role="status" data-mistake={id}>
      {made && (
        <div className="lesson-box" data-tone="warn">
          <p className="lesson-box-title">{say('mistake')}</p>
          {children}
        </div>
      )}
    </div>
  );
}

/** Opens when everything is done. */
export function Debrief({ children }: { readonly children?: ReactNode }) {
  const { grade, progress, say } = useLesson();
  const open = grade?.solved || progress.solved !== undefined;
  return (
    <section className="lesson-box lesson-debrief" data-tone={open ? 'good' : 'idle'}>
      <h4 className="lesson-box-title">{say('debrief')}</h4>
      {open ? children : <p className="quiet">{say('debriefLocked')}</p>}
    </section>
  );
}

interface WhyProps {
  /** `deployment/web` */
  readonly of: string;
  readonly namespace: string;
  readonly children?: ReactNode;
}

/** Selects an object in every pane: the inspector says why it is as it is. */
export function Why({ of, namespace, children }: WhyProps) {
  const { active } = useLesson();
  const [kind = '', name = ''] = of.split('/');
  const resource = resourceByName(kind);
  if (!resource) return null;
  const show = () => {
    select({ resource, name, ...(resource.namespaced && { namespace }) });
    showPane('explorer');
  };
  return (
    <p>
      <Button disabled={!active} onClick={show}>
        {children}
      </Button>
    </p>
  );
}
