import { useEffect, useId, useState } from 'react';
import { Button } from '../../design/index.ts';
import { useShareWords } from './words/use-words.ts';

interface CopyableProps {
  readonly label: string;
  readonly text: string;
  /** Below it. */
  readonly note?: string;
}

/** Text to take along: selected when it gets the focus, copied by a button. */
export function Copyable({ label, text, note }: CopyableProps) {
  const say = useShareWords();
  const [copied, setCopied] = useState(false);
  const id = useId();
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      // Not allowed here, as in some iframes: it can be selected.
      () => document.getElementById(id)?.focus(),
    );
  };
  return (
    <div className="copyable">
      <label htmlFor={id}>{label}</label>
      <div>
        <input id={id} className="field mono" readOnly value={text} onFocus={(event) => event.target.select()} />
        <Button onClick={copy}>{say(copied ? 'copied' : 'copy')}</Button>
      </div>
      <span className="visually-hidden" role="status">
        {copied ? `${label}: ${say('copied')}` : ''}
      </span>
      {note && <p className="quiet">{note}</p>}
    </div>
  );
}
