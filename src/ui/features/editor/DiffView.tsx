/** What applying would change, before it is applied. */
import { lazy, Suspense } from 'react';
import { Button, Skeleton } from '../../design/index.ts';
import type { Change, Outcome } from './cluster/apply.ts';
import { lineDiff } from './manifest/line-diff.ts';
import { useScheme } from './use-scheme.ts';
import type { EditorSay } from './words/words.ts';

const DiffPane = lazy(() => import('./monaco/DiffPane.tsx'));

interface DiffViewProps {
  readonly outcomes: readonly (Outcome | Change)[];
  readonly plain: boolean;
  readonly say: EditorSay;
  readonly onApply: () => void;
  readonly onBack: () => void;
}

const isChange = (outcome: Outcome | Change): outcome is Change => 'before' in outcome;

export function DiffView({ outcomes, plain, say, onApply, onBack }: DiffViewProps) {
  const scheme = useScheme();
  const changes = outcomes.filter(isChange).filter(({ verdict }) => verdict !== 'unchanged');
  const join = (side: 'before' | 'after') => changes.map((change) => change[side]).join('---\n');
  return (
    <section className="editor-diff" aria-label={say('diff')}>
      <div className="editor-diff-bar">
        <span className="editor-legend" data-tone="bad">{`− ${say('diffLive')}`}</span>
        <span className="editor-legend" data-tone="good">{`+ ${say('diffNew')}`}</span>
        <Button onClick={onBack} autoFocus>
          {say('back')}
        </Button>
        <Button look="main" onClick={onApply}>
          {say('apply')}
        </Button>
      </div>
      {changes.length === 0 ? (
        <p className="editor-nothing quiet">{say('diffNone')}</p>
      ) : plain ? (
        <PlainDiff before={join('before')} after={join('after')} />
      ) : (
        <Suspense fallback={<Skeleton label={say('loading')} />}>
          <DiffPane
            before={join('before')}
            after={join('after')}
            scheme={scheme}
            labels={[say('diffLive'), say('diffNew')]}
          />
        </Suspense>
      )}
    </section>
  );
}

function PlainDiff({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <pre className="editor-plain-diff">
      {lineDiff(before, after).map(({ sign, text, at }) => (
        <span key={at} data-sign={sign}>{`${sign} ${text}\n`}</span>
      ))}
    </pre>
  );
}
