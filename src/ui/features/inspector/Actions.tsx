/** Buttons, each with the command it stands for: seen before it runs, and run as typed. */
import { lazy, Suspense, useState } from 'react';
import type { KubeObject } from '#engine/apimachinery';
import { useEngine } from '../../cluster/index.ts';
import { Button } from '../../design/index.ts';
import { notify, type ObjectReference, openTerminal, type Say, typeInTerminal, useWords } from '../../session/index.ts';
import { type Command, commandsFor, describeLine, replicasOf, scaleLine } from './kubectl-lines.ts';

const DeleteDialog = lazy(() => import('./dialogs.tsx').then(({ DeleteDialog }) => ({ default: DeleteDialog })));
const ScaleDialog = lazy(() => import('./dialogs.tsx').then(({ ScaleDialog }) => ({ default: ScaleDialog })));

interface ActionsProps {
  readonly reference: ObjectReference;
  readonly object: KubeObject;
}

/** Runs a line at the workstation and says what it printed. */
function useRun(say: Say): (line: string) => void {
  const { api } = useEngine();
  return (line) => {
    api.run(line).then(
      ({ code, stdout, stderr }) =>
        notify({
          tone: code === 0 ? 'good' : 'bad',
          title: `$ ${line}`,
          text: `${stdout}${stderr}${code === 0 ? '' : say('exitCode', { code })}`.trim(),
        }),
      (error: unknown) => notify({ tone: 'bad', title: `$ ${line}`, text: String(error) }),
    );
  };
}

export function Actions({ reference, object }: ActionsProps) {
  const say = useWords();
  const run = useRun(say);
  const [shown, setShown] = useState<string>();
  const [asking, setAsking] = useState<'delete' | 'scale'>();
  const commands = commandsFor(reference, object);
  const describe = describeLine(reference);
  const line = shown ?? describe;
  const act = (command: Command) => {
    if (command.id === 'delete' || command.id === 'scale') setAsking(command.id);
    else if (command.id === 'shell') openTerminal(command.line);
    else run(command.line);
  };
  const close = () => setAsking(undefined);
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
            onPointerEnter={() => setShown(command.line)}
            onPointerLeave={() => setShown(undefined)}
            onFocus={() => setShown(command.line)}
            onBlur={() => setShown(undefined)}
            onClick={() => act(command)}
          >
            {say(command.id)}
          </Button>
        ))}
      </div>
      <button
        type="button"
        id="action-command"
        className="command actions-command"
        title={`${say('runs')}: ${line}`}
        onClick={() => typeInTerminal(describe)}
      >
        <code>$ {line}</code>
      </button>
      <Suspense fallback={null}>
        {asking === 'delete' && (
          <DeleteDialog name={reference.name} line={commands.at(-1)?.line ?? ''} onConfirm={confirm} onClose={close} />
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
