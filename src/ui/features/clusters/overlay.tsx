/** The clusters on this computer: open, make, name, copy, export, import, delete. */
import { useRef, useState } from 'react';
import { useEngine } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button, Skeleton } from '../../design/index.ts';
import { closeOverlay, notify, useSession } from '../../session/index.ts';
import { byteText } from './byte-text.ts';
import { keepForGood, openFile, type Room, useClusters } from './model.ts';
import { NewCluster } from './NewCluster.tsx';
import { Row } from './Row.tsx';
import { useClusterWords } from './words/use-words.ts';
import type { ClusterWord } from './words/words.ts';
import './clusters.css';

export default function ClustersDialog() {
  const say = useClusterWords();
  const engine = useEngine();
  const { clusters, error, refresh } = useClusters(engine);
  const [making, setMaking] = useState(false);
  /** Runs it, says what went wrong, and looks again. */
  const act = (work: Promise<unknown>) => {
    work
      .catch((why: unknown) =>
        notify({ tone: 'bad', title: say('failed'), text: why instanceof Error ? why.message : String(why) }),
      )
      .finally(refresh);
  };
  return (
    <Dialog title={say('title')} onClose={closeOverlay}>
      {error !== undefined && <p role="alert">{say('unavailable')}</p>}
      {!clusters && error === undefined && <Skeleton label={say('loading')} />}
      {clusters && (
        <ul className="clusters-list">
          {clusters.rows.map((row) => (
            <Row key={row.id} row={row} act={act} />
          ))}
        </ul>
      )}
      {making ? (
        <NewCluster onCancel={() => setMaking(false)} act={act} />
      ) : (
        <div className="clusters-actions">
          <Button look="main" disabled={!clusters} onClick={() => setMaking(true)}>
            {say('new')}
          </Button>
          <Import onDone={refresh} />
          <span className="clusters-spring" />
          <Button onClick={closeOverlay}>{say('close')}</Button>
        </div>
      )}
      {clusters && <RoomLine room={clusters.room} act={act} />}
    </Dialog>
  );
}

function Import({ onDone }: { readonly onDone: () => void }) {
  const say = useClusterWords();
  const input = useRef<HTMLInputElement>(null);
  const onFile = (file: File | undefined) => {
    if (!file) return;
    openFile(file)
      .then(
        (name) => notify({ tone: 'good', title: say('imported', { name }), text: '' }),
        (error: { readonly problem?: ClusterWord; readonly message?: string }) =>
          notify({
            tone: 'bad',
            title: say('importFailed', { file: file.name }),
            text: `${error.problem ? say(error.problem) : ''} ${error.message ?? ''}`,
          }),
      )
      .finally(onDone);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".gz,application/gzip"
        hidden
        onChange={({ target }) => {
          onFile(target.files?.[0]);
          target.value = '';
        }}
      />
      <Button onClick={() => input.current?.click()}>{say('import')}</Button>
    </>
  );
}

function RoomLine({ room, act }: { readonly room: Room; readonly act: (work: Promise<unknown>) => void }) {
  const say = useClusterWords();
  const locale = useSession((session) => session.locale);
  const text = (bytes: number) => byteText(bytes, locale);
  return (
    <p className="clusters-room quiet">
      {room.quota > 0 && `${say('usage', { used: text(room.used), quota: text(room.quota) })} `}
      {say(room.persisted ? 'persisted' : 'notPersisted')}{' '}
      {!room.persisted && (
        <button type="button" className="link" onClick={() => act(keepForGood())}>
          {say('persist')}
        </button>
      )}
    </p>
  );
}
