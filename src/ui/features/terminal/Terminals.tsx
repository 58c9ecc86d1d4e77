/** Terminal tabs, each a shell at the workstation. */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { deskOf, useEngine } from '../../cluster/index.ts';
import { Cross, Ear, Plus, Search } from '../../design/icons.tsx';
import { IconButton, Tabs } from '../../design/index.ts';
import { closeTerminal, openTerminal, showPane, update, useSession, useWords } from '../../session/index.ts';
import { MenuButton } from './Menu.tsx';
import { ScreenView } from './ScreenView.tsx';
import { SearchBar } from './SearchBar.tsx';
import { closeScreensWithout, keepScreens, restoreTabs } from './screens.ts';
import { useTerminalWords } from './words/use-words.ts';
import '@xterm/xterm/css/xterm.css';
import './terminal.css';

/** @param props.tools beside the tabs: what the layout can do with the pane */
export default function Terminals({ tools: paneTools }: { readonly tools?: ReactNode }) {
  const say = useWords();
  const own = useTerminalWords();
  const tabs = useSession((session) => session.terminals);
  const current = useSession((session) => session.terminal);
  const [searching, setSearching] = useState(false);
  const search = useCallback(() => setSearching(true), []);
  useScreensKept();
  useEdits();
  useEffect(() => closeScreensWithout(tabs), [tabs]);
  const index = tabs.findIndex(({ id }) => id === current);
  return (
    <Tabs
      label={say('terminal')}
      value={String(current)}
      items={tabs.map(({ id }, position) => ({
        value: String(id),
        label: say('terminalNumber', { number: position + 1 }),
      }))}
      onChange={(value) => update({ terminal: Number(value) })}
      tools={
        <>
          <Tools current={current} many={tabs.length > 1} searching={searching} onSearch={setSearching} />
          <MenuButton id={current} say={own} onSearch={search} />
          {paneTools}
        </>
      }
    >
      {searching && <SearchBar id={current} say={own} onClose={() => setSearching(false)} />}
      <ScreenView key={current} id={current} index={index} onSearch={search} />
    </Tabs>
  );
}

interface ToolsProps {
  readonly current: number;
  readonly many: boolean;
  readonly searching: boolean;
  readonly onSearch: (searching: boolean) => void;
}

function Tools({ current, many, searching, onSearch }: ToolsProps) {
  const say = useWords();
  const screenReader = useSession((session) => session.screenReader);
  return (
    <>
      <IconButton label={say('openTerminal')} onClick={() => openTerminal()}>
        <Plus size={16} />
      </IconButton>
      {many && (
        <IconButton label={say('closeTerminal', { number: current })} onClick={() => closeTerminal(current)}>
          <Cross size={16} />
        </IconButton>
      )}
      <IconButton label={say('search')} aria-pressed={searching} onClick={() => onSearch(!searching)}>
        <Search size={16} />
      </IconButton>
      <IconButton
        label={say('screenReader')}
        aria-pressed={screenReader}
        onClick={() => update({ screenReader: !screenReader })}
      >
        <Ear size={16} />
      </IconButton>
    </>
  );
}

function useScreensKept(): void {
  const engine = useEngine();
  useEffect(() => {
    restoreTabs(engine).catch(() => undefined);
    return keepScreens(engine);
  }, [engine]);
}

/** A program that waits for the editor brings it to the front. */
function useEdits(): void {
  const engine = useEngine();
  useEffect(() => {
    const desk = deskOf(engine);
    let known = new Set(desk.edits().map(({ edit }) => edit));
    return desk.onEdits(() => {
      const now = desk.edits();
      if (now.some(({ edit }) => !known.has(edit))) {
        update({ centreTab: 'editor' });
        showPane('centre');
      }
      known = new Set(now.map(({ edit }) => edit));
    });
  }, [engine]);
}
