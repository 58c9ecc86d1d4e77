/** Buttons, each with the command it stands for: seen before it runs, and run as typed. */
import { lazy, Suspense, useState } from 'react';
import type { KubeObject } from '#engine/apimachinery';
import { useCapabilities, useReadOnly } from '../../cluster/index.ts';
import { Button } from '../../design/index.ts';
import {
  notify,
  type ObjectReference,
  openFaults,
  openTerminal,
  typeInTerminal,
  useWords,
} from '../../session/index.ts';
import { type Command, commandsFor, describeLine, replicasOf, scaleLine } from './kubectl-lines.ts';
import { useRun } from './use-run.ts';
import { useInspectorWords } from './words/use-words.ts';

const DeleteDialog = lazy(() => import('./dialogs.tsx').then(({ DeleteDialog }) => ({ default: DeleteDialog })));
const ScaleDialog = lazy(() => import('./dialogs.tsx').then(({ ScaleDialog }) => ({ default: ScaleDialog })));

const DrainDialog = lazy(() => import('./dialogs.tsx').then(({ DrainDialog }) => ({ default: DrainDialog })));
const UndoDialog = lazy(() => import('./UndoDialog.tsx'));

/** Commands that are asked about before they run. */
type Asking = 'delete' | 'scale' | 'drain' | 'undo';
const isAsked = (id: Command['id']): id is Asking => ['delete', 'scale', 'drain', 'undo'].includes(id);

type Own = 'undo' | 'cordon' | 'uncordon' | 'drain';
const isOwn = (id: Command['id']): id is Own => ['undo', 'cordon', 'uncordon', 'drain'].includes(id);

/** What faults have a menu for. */
const BREAKABLE = new Set(['pods', 'nodes']);

interface ActionsProps {
  readonly reference: ObjectReference;
  readonly object: KubeObject;
}

export function Actions({ reference, object }: ActionsProps) {
  const say = useWords();
  const run = useRun(say);
  const [shown, setShown] = useState<string>();
  const [asking, setAsking] = useState<Asking>();
  const own = useInspectorWords();
  const { faults, shell } = useCapabilities();
  const readOnly = useReadOnly();
  const commands = commandsFor(reference, object);
  const describe = describeLine(reference);
  const line = shown ?? describe;
  const act = (command: Command) => {
    if (isAsked(command.id)) setAsking(command.id);
    else if (command.id === 'shell') openTerminal(command.line);
    else run(command.line);
  };
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(
      () => notify({ tone: 'good', title: say('copied'), text: '' }),
      (error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }),
    );
  };
  const close = () => setAsking(undefined);
  const lineOf = (id: Asking) => commands.find((command) => command.id === id)?.line ?? '';
  const confirm = (chosen: string) => {
    close();
    run(chosen);
  };
  return (
    <div className="actions">
      <div className="actions-row">
        {commands.map((command) => (
          <Button
            key={command.id}
            {...(command.id === 'delete' && { look: 'danger' as const })}
            aria-describedby="action-command"
            disabled={readOnly || (command.id === 'shell' && !shell)}
            {...(command.id === 'shell' && !shell && { title: say('notOnReal') })}
            onPointerEnter={() => setShown(command.line)}
            onPointerLeave={() => setShown(undefined)}
            onFocus={() => setShown(command.line)}
            onBlur={() => setShown(undefined)}
            onClick={() => act(command)}
          >
            {isOwn(command.id) ? own(command.id) : say(command.id)}
          </Button>
        ))}
        {faults && BREAKABLE.has(reference.resource.plural) && (
          <Button look="danger" disabled={readOnly} onClick={() => openFaults(reference)}>
            {own('break')}
          </Button>
        )}
      </div>
      <button
        type="button"
        id="action-command"
        className="command actions-command"
        title={`${say('runs')}: ${line}`}
        onClick={() => (shell ? typeInTerminal(describe) : copy(line))}
      >
        <code>$ {line}</code>
      </button>
      <Suspense fallback={null}>
        {asking === 'delete' && (
          <DeleteDialog name={reference.name} line={lineOf('delete')} onConfirm={confirm} onClose={close} />
        )}
        {asking === 'drain' && (
          <DrainDialog name={reference.name} line={lineOf('drain')} onConfirm={confirm} onClose={close} />
        )}
        {asking === 'undo' && (
          <UndoDialog reference={reference} object={object} line={lineOf('undo')} onConfirm={confirm} onClose={close} />
        )}
        {asking === 'scale' && (
          <ScaleDialog
            name={reference.name}
            replicas={replicasOf(object)}
            lineFor={(replicas) => scaleLine(reference, replicas)}
            onConfirm={confirm}
            onClose={close}
          />
        )}
      </Suspense>
    </div>
  );
}
