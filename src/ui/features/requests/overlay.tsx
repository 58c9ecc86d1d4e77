/** The requests of the API server, and the way each took. */
import { useCapabilities } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button, EmptyState } from '../../design/index.ts';
import { useNarrow } from '../../design/use-narrow.ts';
import { closeOverlay, update, useSession } from '../../session/index.ts';
import { RequestList } from './RequestList.tsx';
import { Walk } from './Walk.tsx';
import { useRequestWords } from './words/use-words.ts';
import './requests.css';

export default function Requests() {
  const say = useRequestWords();
  const narrow = useNarrow();
  const { time: explains } = useCapabilities();
  const { id } = useSession((session) => session.requestsOf);
  const choose = (chosen: number | undefined) => {
    const { requestsOf } = useSession.getState();
    update({ requestsOf: { ...requestsOf, id: chosen } });
  };
  return (
    <Dialog title={say('title')} description={say('text')} className="dialog requests" onClose={closeOverlay}>
      {!explains && <EmptyState text={say('nobody')} />}
      {explains && (
        <div className="requests-sides" data-narrow={narrow}>
          {(!narrow || id === undefined) && <RequestList chosen={id} onChoose={choose} />}
          {(!narrow || id !== undefined) && (
            <div className="requests-walk">
              {narrow && <Button onClick={() => choose(undefined)}>{say('back')}</Button>}
              {id === undefined ? <EmptyState text={say('choose')} /> : <Walk key={id} id={id} />}
            </div>
          )}
        </div>
      )}
      <div className="dialog-actions">
        <Button onClick={closeOverlay}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}
