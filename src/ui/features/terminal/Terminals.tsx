/** Terminal tabs, each a shell at the workstation. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useEngine } from '../../cluster/index.ts';
import { Cross, Ear, Plus, Search } from '../../design/icons.tsx';
import { IconButton, Tabs } from '../../design/index.ts';
import { closeTerminal, openTerminal, update, useSession, useWords } from '../../session/index.ts';
import { Screen } from './screen.ts';
import { screenTheme } from './theme.ts';
import '@xterm/xterm/css/xterm.css';
import './terminal.css';

const screens = new Map<number, Screen>();

/** @param props.tools beside the tabs: what the layout can do with the pane */
export default function Terminals({ tools: paneTools }: { readonly tools?: ReactNode }) {
  const say = useWords();
  const tabs = useSession((session) => session.terminals);
  const current = useSession((session) => session.terminal);
  const screenReader = useSession((session) => session.screenReader);
  const [searching, setSearching] = useState(false);

  useEffect(() => {
    for (const [id, screen] of screens) {
      if (tabs.some((tab) => tab.id === id)) continue;
      screen.dispose();
      screens.delete(id);
    }
  }, [tabs]);

  const tools = (
    <>
      <IconButton label={say('openTerminal')} onClick={() => openTerminal()}>
        <Plus size={16} />
      </IconButton>
      {tabs.length > 1 && (
        <IconButton label={say('closeTerminal', { number: current })} onClick={() => closeTerminal(current)}>
          <Cross size={16} />
        </IconButton>
      )}
      <IconButton label={say('search')} aria-pressed={searching} onClick={() => setSearching(!searching)}>
        <Search size={16} />
      </IconButton>
      <IconButton
        label={say('screenReader')}
        aria-pressed={screenReader}
        onClick={() => update({ screenReader: !screenReader })}
      >
        <Ear size={16} />
      </IconButton>
      {paneTools}
    </>
  );
  return (
    <Tabs
      label={say('terminal')}
      value={String(current)}
      items={tabs.map(({ id }, index) => ({ value: String(id), label: say('terminalNumber', { number: index + 1 }) }))}
      onChange={(value) => update({ terminal: Number(value) })}
      tools={tools}
    >
      {searching && <SearchBar id={current} onClose={() => setSearching(false)} />}
      <ScreenView key={current} id={current} />
    </Tabs>
  );
}

function ScreenView({ id }: { readonly id: number }) {
  const engine = useEngine();
  const say = useWords();
  const place = useRef<HTMLDivElement>(null);
  const screenReader = useSession((session) => session.screenReader);
  const typed = useSession((session) => session.typed);
  const line = useSession((session) => session.terminals.find((tab) => tab.id === id)?.line);

  useEffect(() => {
    if (!place.current) return;
    let screen = screens.get(id);
    if (!screen) {
      screen = new Screen(engine, say, id === 1 ? greeting(say('motd'), say('motdHint')) : '');
      screens.set(id, screen);
      if (line) screen.type(line);
    }
    return screen.attach(place.current);
    // Words matter only for what is printed from now on.
  }, [id, engine, line, say]);

  useEffect(() => {
    const follow = () => {
      for (const screen of screens.values()) screen.theme = screenTheme();
    };
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', follow);
    const unsubscribe = useSession.subscribe(({ theme }, before) => theme !== before.theme && follow());
    return () => {
      unsubscribe();
      scheme.removeEventListener('change', follow);
    };
  }, []);

  useEffect(() => {
    const screen = screens.get(id);
    if (screen) screen.screenReader = screenReader;
  }, [id, screenReader]);

  useEffect(() => {
    if (!typed) return;
    const screen = screens.get(id);
    screen?.type(typed.line);
    screen?.focus();
    update({ typed: undefined });
  }, [id, typed]);

  return <div className="screen-place" ref={place} />;
}

const greeting = (title: string, hint: string): string => `\x1b[1m${title}\x1b[0m\r\n\x1b[90m${hint}\x1b[0m\r\n\r\n`;

function SearchBar({ id, onClose }: { readonly id: number; readonly onClose: () => void }) {
  const say = useWords();
  const [text, setText] = useState('');
  const find = (forward: boolean) => {
    const search = screens.get(id)?.search;
    if (forward) search?.findNext(text);
    else search?.findPrevious(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      onClose();
      screens.get(id)?.focus();
    } else if (event.key === 'Enter') find(event.shiftKey);
  };
  return (
    <div className="field-bar">
      <input
        className="field"
        type="search"
        aria-label={say('search')}
        placeholder={say('searchHint')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
