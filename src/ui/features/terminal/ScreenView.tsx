/** One screen in the pane: made when it is first shown, attached while it is. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useClient, useDiscovery, useEngine } from '../../cluster/index.ts';
import { openBrowser, type Say, update, useSession, useWords } from '../../session/index.ts';
import { KeyBar, useTouch } from './KeyBar.tsx';
import { leadsOutside } from './links/addresses.ts';
import { Resolver } from './links/resolve.ts';
import { WithMenu } from './Menu.tsx';
import { Screen, type ScreenHost } from './screen.ts';
import { screens, scrollbackBefore } from './screens.ts';
import { Transcript } from './Transcript.tsx';
import { textSize } from './text-size.ts';
import { screenTheme } from './theme.ts';
import { useTerminalWords } from './words/use-words.ts';
import type { TerminalSay } from './words/words.ts';

const LeaveDialog = lazy(() => import('./LeaveDialog.tsx'));

interface ScreenViewProps {
  readonly id: number;
  /** Its place among the tabs, from 0. */
  readonly index: number;
  readonly onSearch: () => void;
}

export function ScreenView({ id, index, onSearch }: ScreenViewProps) {
  const say = useTerminalWords();
  const [leaving, setLeaving] = useState<string>();
  const openAddress = useCallback((url: string) => {
    if (leadsOutside(url)) setLeaving(url);
    else openBrowser(url);
  }, []);
  const host = useScreenHost(openAddress, onSearch);
  const { place, screen } = useScreen(id, index, host, say);
  const touch = useTouch();
  const screenReader = useSession((session) => session.screenReader);
  useScreenSettings(id, screenReader);
  useTypedLines(screen);
  return (
    <>
      <WithMenu id={id} say={say} onSearch={onSearch}>
        <div className="screen-place" ref={place} />
      </WithMenu>
      {screen && screenReader && <Transcript screen={screen} say={say} />}
      {screen && touch && <KeyBar screen={screen} say={say} />}
      {leaving !== undefined && (
        <Suspense>
          <LeaveDialog url={leaving} say={say} onClose={() => setLeaving(undefined)} />
        </Suspense>
      )}
    </>
  );
}

/** What the screen asks of the page: the same object until something in it changes. */
function useScreenHost(openAddress: (url: string) => void, search: () => void): ScreenHost {
  const say = useWords();
  const client = useClient();
  const groups = useDiscovery();
  const resolver = useMemo(() => groups && new Resolver(client, groups), [client, groups]);
  return useMemo(
    () => ({
      failed: (error: string) => say('terminalFailed', { error }),
      ended: (code: number) => say('terminalEnded', { code }),
      resolver,
      openAddress,
      search,
    }),
    [say, resolver, openAddress, search],
  );
}

function useScreen(id: number, index: number, host: ScreenHost, say: TerminalSay) {
  const engine = useEngine();
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const line = useSession((session) => session.terminals.find((tab) => tab.id === id)?.line);
  const [screen, setScreen] = useState(screens.get(id));
  // Words matter only for what is printed from now on.
  const latest = useRef({ host, say, words, line, index });
  latest.current = { host, say, words, line, index };

  useEffect(() => {
    if (!place.current) return;
    let shown = screens.get(id);
    if (!shown) {
      const { host: first, line: typed, index: position } = latest.current;
      const greeting = scrollbackBefore(engine).then((texts) => {
        const { say: own, words: shared } = latest.current;
        const restored = id === 1 || id < 0 ? texts[position] : undefined;
        return restored ? restoredText(restored, own) : id === 1 ? motd(shared) : '';
      });
      shown = new Screen(engine, first, { greeting, fontSize: textSize.get() });
      screens.set(id, shown);
      if (typed) shown.type(typed);
    }
    setScreen(shown);
    return shown.attach(place.current);
  }, [id, engine]);

  useEffect(() => {
    if (screen) screen.host = host;
  }, [screen, host]);
  return { place, screen };
}

const GREY = '\x1b[90m';
const PLAIN = '\x1b[0m';

const motd = (say: Say): string => `\x1b[1m${say('motd')}${PLAIN}\r\n${GREY}${say('motdHint')}${PLAIN}\r\n\r\n`;

/** What was on the screen before the reload: text without any control in it. */
function restoredText(text: string, say: TerminalSay): string {
  const lines = text.split('\n').map((line) => [...line].filter((char) => char >= ' ' && char !== '\x7f').join(''));
  return `${GREY}${lines.join('\r\n')}\r\n── ${say('restored')} ──${PLAIN}\r\n\r\n`;
}

/** Theme, size and reading aloud follow the page. */
function useScreenSettings(id: number, screenReader: boolean): void {
  const size = useSyncExternalStore(textSize.subscribe, textSize.get);
  useEffect(() => {
    for (const screen of screens.values()) screen.fontSize = size;
  }, [size]);
  useEffect(() => {
    const screen = screens.get(id);
    if (screen) screen.screenReader = screenReader;
  }, [id, screenReader]);
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
}

/** Lines that buttons elsewhere type. */
function useTypedLines(screen: Screen | undefined): void {
  const typed = useSession((session) => session.typed);
  useEffect(() => {
    if (!typed || !screen) return;
    screen.type(typed.line, !typed.unentered);
    screen.focus();
    update({ typed: undefined });
  }, [screen, typed]);
}
