import { type FormEvent, useEffect, useId, useState } from 'react';
import { Back, Cross, Forward, Home, Reload } from '../../design/icons.tsx';
import { Button, IconButton } from '../../design/index.ts';
import { shownAddress } from './address.ts';
import type { Fetch } from './load.ts';
import { entryOf, goHome, move, open, reload, stop, useBrowser } from './tabs.ts';
import type { BrowserSay } from './words/words.ts';

/** Back, forward, reload, and the address that is shown or wanted. */
export function AddressBar({ say, fetch }: { readonly say: BrowserSay; readonly fetch: Fetch }) {
  const at = useBrowser((state) => state.at);
  const count = useBrowser((state) => state.entries.length);
  const loading = useBrowser((state) => state.loading);
  const entry = useBrowser(entryOf);
  const url = entry ? shownAddress(entry.shown?.loaded.url ?? entry.visit.url) : '';
  const [typed, setTyped] = useState(url);
  const [wrong, setWrong] = useState(false);
  const problem = useId();
  useEffect(() => {
    setTyped(url);
    setWrong(false);
  }, [url]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWrong(!open(fetch, typed));
  };
  return (
    <form className="browser-bar" onSubmit={submit}>
      <IconButton label={say('back')} disabled={at <= 0} onClick={() => move(fetch, -1)}>
        <Back size={16} />
      </IconButton>
      <IconButton label={say('forward')} disabled={at + 1 >= count} onClick={() => move(fetch, 1)}>
        <Forward size={16} />
      </IconButton>
      {loading ? (
        <IconButton label={say('stop')} onClick={stop}>
          <Cross size={16} />
        </IconButton>
      ) : (
        <IconButton
          label={entry?.visit.method === 'POST' ? `${say('reload')}: ${say('resubmit')}` : say('reload')}
          disabled={!entry}
          onClick={() => reload(fetch)}
        >
          <Reload size={15} />
        </IconButton>
      )}
      <IconButton label={say('home')} aria-pressed={!entry} onClick={goHome}>
        <Home size={16} />
      </IconButton>
      <input
        className="field mono"
        type="text"
        inputMode="url"
        enterKeyHint="go"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-label={say('address')}
        aria-invalid={wrong}
        aria-describedby={wrong ? problem : undefined}
        placeholder={say('addressHint')}
        value={typed}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit">{say('go')}</Button>
      {wrong && (
        <p className="browser-wrong" id={problem} role="alert">
          {say('notAnAddress')}
        </p>
      )}
    </form>
  );
}
