import { type FormEvent, useEffect, useState } from 'react';
import type { Engine } from './engine.ts';

/** One command line on a live cluster: the smallest page that is really one. The panes come with the next issue. */
export function App({ engine }: { readonly engine: Engine }) {
  const [state, setState] = useState<'starting' | 'ready' | 'failed'>('starting');
  const [line, setLine] = useState('kubectl get pods --all-namespaces -o wide');
  const [screen, setScreen] = useState('');

  useEffect(() => {
    engine.ready.then(
      () => setState('ready'),
      (error: unknown) => {
        setState('failed');
        setScreen(String(error));
      },
    );
  }, [engine]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    engine.api.run(line).then(
      ({ code, stdout, stderr }) =>
        setScreen(`$ ${line}\n${stdout}${stderr}${code === 0 ? '' : `(exit code ${code})\n`}`),
      (error: unknown) => setScreen(String(error)),
    );
  };

  const words = {
    starting: 'Starting a Kubernetes cluster in this tab …',
    ready: 'The cluster is ready.',
    failed: 'The cluster did not start.',
  };
  return (
    <main>
      <h1>Podarium</h1>
      <p role="status">{words[state]}</p>
      <form onSubmit={submit}>
        <label>
          Command <input value={line} onChange={(event) => setLine(event.target.value)} size={60} />
        </label>
        <button type="submit" disabled={state !== 'ready'}>
          Run
        </button>
      </form>
      <pre data-testid="screen">{screen}</pre>
    </main>
  );
}
