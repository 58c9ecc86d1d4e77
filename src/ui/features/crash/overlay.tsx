/** A bug of ours has stopped the world: what a report needs, and the way on. */
import { useState, useSyncExternalStore } from 'react';
import { hostSource } from '../../cluster/host-state.ts';
import { useEngine } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { closeOverlay } from '../../session/index.ts';
import { useClusterWords } from '../clusters/words/use-words.ts';
import '../clusters/clusters.css';

export default function CrashDialog() {
  const say = useClusterWords();
  const source = hostSource(useEngine());
  const host = useSyncExternalStore(source.subscribe, source.get);
  const [copied, setCopied] = useState(false);
  if (!host?.failure) return null;
  const report = JSON.stringify(host.failure, undefined, 1);
  const onCopy = () => {
    navigator.clipboard.writeText(report).then(
      () => setCopied(true),
      // It can still be selected and copied by hand.
      () => undefined,
    );
  };
  return (
    <Dialog title={say('crashTitle')} onClose={closeOverlay}>
      <p role="alert">{say('crashText')}</p>
      <p>
        <code>{host.failure.error}</code>
      </p>
      <details>
        <summary>{say('crashReport')}</summary>
        <pre className="crash-report">{report}</pre>
      </details>
      <div className="dialog-actions">
        <Button look="main" onClick={() => location.reload()}>
          {say(host.kept === 'disk' ? 'crashRestore' : 'crashMemory')}
        </Button>
        <Button onClick={onCopy}>{say(copied ? 'crashCopied' : 'crashCopy')}</Button>
        <Button onClick={closeOverlay}>{say('crashLook')}</Button>
      </div>
    </Dialog>
  );
}
