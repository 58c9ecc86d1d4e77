/** What else can be done with a lesson: undo, start over, read the solution, leave. */
import { useState } from 'react';
import { useEngine } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Disclosure } from '../../design/Disclosure.tsx';
import { More, Terminal } from '../../design/icons.tsx';
import { Button, IconButton } from '../../design/index.ts';
import { notify, proposeInTerminal, useWords } from '../../session/index.ts';
import { useLesson } from './lesson-context.ts';
import type { LoadedLesson } from './load.ts';
import { failed, leaveLesson, startLesson, undoLast } from './own-cluster.ts';

export function Tools({ loaded }: { readonly loaded: LoadedLesson }) {
  const { lesson, active, say } = useLesson();
  const sayPage = useWords();
  const engine = useEngine();
  const [asking, setAsking] = useState<'reset' | 'solution'>();
  const onError = failed(sayPage);
  const undo = () => {
    undoLast(engine, loaded).then((line) => {
      notify({
        tone: 'good',
        title: say('undo'),
        text: line === undefined ? say('undoNothing') : say('undone', { line }),
      });
    }, onError);
  };
  const close = () => setAsking(undefined);
  return (
    <>
      <Disclosure label={say('tools')} icon={<More size={16} />}>
        {lesson.rewind !== 'off' && (
          <Button look="plain" disabled={!active} onClick={undo}>
            {say('undo')}
          </Button>
        )}
        <Button look="plain" disabled={!active} onClick={() => setAsking('reset')}>
          {say('reset')}
        </Button>
        <Button look="plain" onClick={() => setAsking('solution')}>
          {say('solution')}
        </Button>
        <Button look="plain" disabled={!active} onClick={() => void leaveLesson().catch(onError)}>
          {say('leave')}
        </Button>
      </Disclosure>
      {asking === 'reset' && (
        <Dialog title={say('resetTitle')} description={say('resetText')} onClose={close}>
          <div className="dialog-actions">
            <Button onClick={close}>{say('cancel')}</Button>
            <Button look="danger" onClick={() => void startLesson(engine, loaded).catch(onError)}>
              {say('reset')}
            </Button>
          </div>
        </Dialog>
      )}
      {asking === 'solution' && (
        <Dialog title={say('solution')} description={say('solutionText')} onClose={close}>
          <Solution />
          <div className="dialog-actions">
            <Button onClick={close}>{say('close')}</Button>
          </div>
        </Dialog>
      )}
    </>
  );

  function Solution() {
    return (
      <ol className="lesson-solution">
        {lesson.solution.map(({ run }) => (
          <li key={run}>
            <code>{run}</code>
            <IconButton
              label={say('propose', { line: run })}
              disabled={!active}
              onClick={() => {
                close();
                proposeInTerminal(run);
              }}
            >
              <Terminal size={14} />
            </IconButton>
          </li>
        ))}
      </ol>
    );
  }
}
