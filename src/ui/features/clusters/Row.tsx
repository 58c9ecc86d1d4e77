/** One cluster of the list, with what can be done with it. */
import { type FormEvent, useState } from 'react';
import { switchCluster, useEngine } from '../../cluster/index.ts';
import { Button } from '../../design/index.ts';
import { closeOverlay, useSession } from '../../session/index.ts';
import { agoText, byteText } from './byte-text.ts';
import { type ClusterRow, duplicate, remove, rename, saveToFile, tryAgain } from './model.ts';
import { useClusterWords } from './words/use-words.ts';

interface RowProps {
  readonly row: ClusterRow;
  readonly act: (work: Promise<unknown>) => void;
}

export function Row({ row, act }: RowProps) {
  const say = useClusterWords();
  const locale = useSession((session) => session.locale);
  const [doing, setDoing] = useState<'rename' | 'remove'>();
  const broken = row.setAside !== undefined;
  const badge = broken
    ? 'setAside'
    : row.where === 'here'
      ? 'current'
      : row.where === 'elsewhere'
        ? 'elsewhere'
        : undefined;
  return (
    <li className="clusters-row" data-where={row.where}>
      <div className="clusters-head">
        <strong>{row.name}</strong>
        {badge && (
          <span className="badge" data-tone={broken ? 'bad' : undefined}>
            {say(badge)}
          </span>
        )}
        <span className="clusters-facts quiet">
          {agoText(Date.now() - row.openedAt, locale)} · {byteText(row.bytes, locale)}
        </span>
      </div>
      {row.recipe.parent && (
        <p className="quiet">
          {say('branchOf', {
            name: row.recipe.parent.name,
            time: new Date(row.recipe.parent.at).toISOString().slice(11, 19),
          })}
        </p>
      )}
      {broken && (
        <p className="quiet">
          {say('setAsideText')} <code>{row.setAside}</code>
        </p>
      )}
      {doing === 'rename' && <Rename row={row} act={act} onDone={() => setDoing(undefined)} />}
      {doing === 'remove' && <Remove row={row} act={act} onDone={() => setDoing(undefined)} />}
      {!doing && <RowActions row={row} act={act} onDo={setDoing} />}
    </li>
  );
}

interface ActionsProps extends RowProps {
  readonly onDo: (what: 'rename' | 'remove') => void;
}

function RowActions({ row, act, onDo }: ActionsProps) {
  const say = useClusterWords();
  const engine = useEngine();
  const broken = row.setAside !== undefined;
  return (
    <fieldset className="clusters-row-actions" aria-label={say('more', { name: row.name })}>
      {!broken && row.where !== 'here' && <Button onClick={() => switchCluster(row.id)}>{say('open')}</Button>}
      {broken && <Button onClick={() => act(tryAgain(row.id))}>{say('tryAgain')}</Button>}
      <Button look="plain" onClick={() => onDo('rename')}>
        {say('rename')}
      </Button>
      {!broken && (
        <Button look="plain" onClick={() => act(duplicate(engine, row, say('copyOf', { name: row.name })))}>
          {say('duplicate')}
        </Button>
      )}
      <Button look="plain" onClick={() => act(saveToFile(engine, row))}>
        {say('export')}
      </Button>
      <Button look="plain" disabled={row.where === 'elsewhere'} onClick={() => onDo('remove')}>
        {say('remove')}
      </Button>
    </fieldset>
  );
}

interface PartProps extends RowProps {
  readonly onDone: () => void;
}

function Rename({ row, act, onDone }: PartProps) {
  const say = useClusterWords();
  const [name, setName] = useState(row.name);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    act(rename(row.id, name));
    onDone();
  };
  return (
    <form className="clusters-row-actions" onSubmit={onSubmit}>
      <input
        className="field"
        aria-label={say('renameOf', { name: row.name })}
        value={name}
        maxLength={100}
        ref={(input) => input?.focus()}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" look="main" disabled={name.trim() === ''}>
        {say('save')}
      </Button>
      <Button onClick={onDone}>{say('cancel')}</Button>
    </form>
  );
}

function Remove({ row, act, onDone }: PartProps) {
  const say = useClusterWords();
  const engine = useEngine();
  const onYes = () => {
    onDone();
    if (row.where === 'here') closeOverlay();
    act(remove(engine, row));
  };
  return (
    <div className="clusters-sure" role="alert">
      <p>{say('removeSure', { name: row.name })}</p>
      <Button look="danger" onClick={onYes}>
        {say('removeYes')}
      </Button>
      <Button onClick={onDone}>{say('keep')}</Button>
    </div>
  );
}
