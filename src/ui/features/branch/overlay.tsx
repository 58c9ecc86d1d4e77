/** Branch here: what will be made, how far the replay is, and what came of it. */
import { useEffect, useRef, useState } from 'react';
import { useClock, useEngine } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { closeOverlay, useSession } from '../../session/index.ts';
import { type Attempt, attempt, openBranch, type Verdict } from './make-branch.ts';
import { useBranchWords } from './words/use-words.ts';
import './branch.css';

type State =
  | { readonly is: 'asking' }
  | { readonly is: 'replaying'; readonly share: number; readonly inputs: number }
  | { readonly is: 'doubtful'; readonly verdict: Verdict; readonly tried: Attempt }
  | { readonly is: 'opening' }
  | { readonly is: 'failed'; readonly why: string };

const timeText = (at: number): string => new Date(at).toISOString().slice(11, 19);

export default function BranchDialog() {
  const say = useBranchWords();
  const engine = useEngine();
  const clock = useClock();
  // The instant when the dialog was opened: the clock goes on meanwhile.
  const [at] = useState(() => useSession.getState().instant ?? clock?.live ?? 0);
  const [name, setName] = useState('');
  const [state, setState] = useState<State>({ is: 'asking' });
  const running = useRef<Attempt>(undefined);
  const closed = useRef(false);
  const time = timeText(at);
  useEffect(() => {
    closed.current = false;
    return () => {
      closed.current = true;
      running.current?.cancel();
    };
  }, []);
  useEffect(() => {
    engine.ready.then(
      (started) => setName(`${started.name} @ ${time}`),
      () => undefined,
    );
  }, [engine, time]);

  const open = async (tried: Attempt, verdict: Verdict) => {
    setState({ is: 'opening' });
    await openBranch(engine, name.trim() || time, tried, verdict);
  };
  const make = async () => {
    setState({ is: 'replaying', share: 0, inputs: 0 });
    const tried = await attempt(engine, at, (share) => {
      if (!closed.current) setState((now) => (now.is === 'replaying' ? { ...now, share } : now));
    });
    if (closed.current) return tried.cancel();
    running.current = tried;
    setState({ is: 'replaying', share: 0, inputs: tried.recording.journal.length });
    const verdict = await tried.verdict;
    if (closed.current) return;
    if (verdict.got === verdict.expected) await open(tried, verdict);
    else setState({ is: 'doubtful', verdict, tried });
  };
  const begin = (act: Promise<void>) => {
    act.catch((error: unknown) =>
      setState({ is: 'failed', why: error instanceof Error ? error.message : String(error) }),
    );
  };
  return (
    <Dialog title={say('title', { time })} description={say('text', { time })} onClose={closeOverlay}>
      {state.is === 'asking' ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            begin(make());
          }}
        >
          <label className="branch-name">
            {say('name')}
            <input className="field" value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
          </label>
          <div className="dialog-actions">
            <Button onClick={closeOverlay}>{say('cancel')}</Button>
            <Button look="main" type="submit">
              {say('make')}
            </Button>
          </div>
        </form>
      ) : (
        <>
          <Progress state={state} time={time} />
          <div className="dialog-actions">
            {state.is !== 'opening' && <Button onClick={closeOverlay}>{say('cancel')}</Button>}
            {state.is === 'doubtful' && (
              <Button look="danger" onClick={() => begin(open(state.tried, state.verdict))}>
                {say('openAnyway')}
              </Button>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}

function Progress({ state, time }: { readonly state: State; readonly time: string }) {
  const say = useBranchWords();
  if (state.is === 'replaying') {
    return (
      <>
        <p role="status">{say('replaying', { count: state.inputs, time })}</p>
        <progress className="branch-progress" aria-label={say('progress')} max={1} value={state.share} />
      </>
    );
  }
  if (state.is === 'opening') return <p role="status">{say('opening')}</p>;
  if (state.is === 'doubtful') {
    const { expected, got } = state.verdict;
    if (expected === undefined) return <p role="alert">{say('unverified', { time })}</p>;
    return (
      <div role="alert">
        <h3>{say('diverged')}</h3>
        <p>{say('divergedText', { time })}</p>
        <code className="command">{`${new Date(state.tried.recording.until).toISOString()} ${expected} != ${got}`}</code>
      </div>
    );
  }
  if (state.is === 'failed') {
    return (
      <div role="alert">
        <p>{say('failed')}</p>
        <code className="command">{state.why}</code>
      </div>
    );
  }
  return null;
}
