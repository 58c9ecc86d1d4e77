/** How to look at a real cluster with this page: through kubectl proxy, which serves both. */
import { type FormEvent, useState } from 'react';
import { useCapabilities } from '../../cluster/index.ts';
import { serverBase } from '../../cluster/real.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { closeOverlay } from '../../session/index.ts';
import { Copyable } from '../share/Copyable.tsx';
import { useShareWords } from '../share/words/use-words.ts';
import '../share/share.css';

const PROXY = 'kubectl proxy --www=dist/page --www-prefix=/podarium/';
const ADDRESS = 'http://127.0.0.1:8001/podarium/?server=/';

export default function RealDialog() {
  const say = useShareWords();
  const { time } = useCapabilities();
  return (
    <Dialog title={say('realTitle')} description={say('realText')} onClose={closeOverlay}>
      <ol className="real-steps">
        <li>{say('realStep1')}</li>
        <li>
          <Copyable label={say('realStep2')} text={PROXY} />
        </li>
        <li>
          <Copyable label={say('realStep3')} text={ADDRESS} />
        </li>
      </ol>
      <p className="quiet">{say('realWhy')}</p>
      <p className="quiet">{say('realNo')}</p>
      <Server />
      <div className="dialog-actions">
        {!time && <Button onClick={() => goTo(undefined)}>{say('leaveReal')}</Button>}
        <Button onClick={closeOverlay}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}

/** The page starts over with another cluster behind it. */
function goTo(server: string | undefined): void {
  const url = new URL(location.href);
  url.hash = '';
  if (server === undefined) url.searchParams.delete('server');
  else url.searchParams.set('server', server);
  location.assign(url);
}

function Server() {
  const say = useShareWords();
  const [server, setServer] = useState('/');
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (serverBase(server) === undefined) setWrong(true);
    else goTo(server);
  };
  return (
    <form className="copyable" onSubmit={submit}>
      <label htmlFor="real-server">{say('realServer')}</label>
      <div>
        <input
          id="real-server"
          className="field mono"
          value={server}
          aria-invalid={wrong}
          aria-describedby="real-server-hint"
          spellCheck={false}
          onChange={(event) => {
            setServer(event.target.value);
            setWrong(false);
          }}
        />
        <Button type="submit">{say('connect')}</Button>
      </div>
      <p id="real-server-hint" className="quiet">
        {say(wrong ? 'realWrong' : 'realServerHint')}
      </p>
    </form>
  );
}
