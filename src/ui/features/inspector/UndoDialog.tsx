/** Which revision to go back to. */
import { useState } from 'react';
import { replicaSets } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { useList } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { type ObjectReference, useWords } from '../../session/index.ts';
import { useInspectorWords } from './words/use-words.ts';

const REVISION = 'deployment.kubernetes.io/revision';

interface UndoProps {
  readonly reference: ObjectReference;
  readonly object: KubeObject;
  readonly line: string;
  readonly onConfirm: (line: string) => void;
  readonly onClose: () => void;
}

export default function UndoDialog({ reference, object, line, onConfirm, onClose }: UndoProps) {
  const say = useWords();
  const own = useInspectorWords();
  const { items } = useList(replicaSets, reference.namespace === undefined ? {} : { namespace: reference.namespace });
  const [chosen, setChosen] = useState<string>();
  const now = object.metadata.annotations?.[REVISION];
  const revisions = items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid))
    .map(({ metadata, spec }) => ({
      number: metadata.annotations?.[REVISION] ?? '',
      images: spec.template?.spec?.containers.map(({ image }) => image).join(', ') ?? '',
    }))
    .filter(({ number }) => number !== '')
    .sort((a, b) => Number(b.number) - Number(a.number));
  const wanted = chosen === undefined ? line : `${line} --to-revision=${chosen}`;
  return (
    <Dialog title={own('rollbackTitle', { name: reference.name })} description={own('rollbackText')} onClose={onClose}>
      {revisions.length > 0 && (
        <fieldset className="revisions">
          <legend>{own('revisions')}</legend>
          {revisions.map(({ number, images }) => (
            <label key={number} className="check">
              <input
                type="radio"
                name="revision"
                disabled={number === now}
                checked={chosen === number}
                onChange={() => setChosen(number)}
              />
              {own('revision', { number })} <code>{images}</code>
              {number === now && <span className="quiet">({own('current')})</span>}
            </label>
          ))}
        </fieldset>
      )}
      <code className="command">$ {wanted}</code>
      <div className="dialog-actions">
        <Button onClick={onClose}>{say('cancel')}</Button>
        <Button look="main" onClick={() => onConfirm(wanted)}>
          {own('undo')}
        </Button>
      </div>
    </Dialog>
  );
}
