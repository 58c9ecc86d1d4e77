/** Searching what the screen shows and has shown. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Cross } from '../../design/icons.tsx';
import { Button, IconButton } from '../../design/index.ts';
import { screens } from './screens.ts';
import type { TerminalSay } from './words/words.ts';

interface SearchBarProps {
  readonly id: number;
  readonly say: TerminalSay;
  readonly onClose: () => void;
}

export function SearchBar({ id, say, onClose }: SearchBarProps) {
  const [text, setText] = useState('');
  const [missed, setMissed] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const find = (forward: boolean, query = text) => {
    const search = screens.get(id)?.search;
    const found = forward ? search?.findNext(query, { incremental: query !== text }) : search?.findPrevious(query);
    setMissed(query !== '' && found === false);
  };
  const close = () => {
    screens.get(id)?.search.clearDecorations();
    onClose();
    screens.get(id)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter') find(!event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="field-bar">
      <input
        ref={field}
        className="field"
        type="search"
        aria-label={say('search')}
        aria-invalid={missed}
        placeholder={say('searchHint')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          find(true, event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <span className="quiet" role="status">
        {missed ? say('searchNone') : ''}
      </span>
      <Button onClick={() => find(false)}>{say('searchPrevious')}</Button>
      <Button onClick={() => find(true)}>{say('searchNext')}</Button>
      <IconButton label={say('closeSearch')} onClick={close}>
        <Cross size={16} />
      </IconButton>
    </search>
  );
}
