import { useEffect, useMemo, useState } from 'react';
import { useClockControls } from '../cluster/index.ts';
import { type Command, openOverlay, select, useSession } from '../session/index.ts';
import { builtInCommands } from './commands/built-in.ts';
import { isMac, pressesAlt } from './commands/keys.ts';
import { loadCommands } from './features.tsx';
import { goToPane, nextPane } from './focus.ts';

/** Sliders and boxes take no letters. */
const TYPING =
  'input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select, [contenteditable="true"]';
const TERMINAL = '.xterm';
const EDITOR = '.monaco-editor';

const within = (event: KeyboardEvent, selector: string): boolean =>
  event.target instanceof Element && event.target.closest(selector) !== null;

type Act = () => void | Promise<void>;

/** Keys with Alt. The shell keeps its own (`Alt+.`, `Alt+B`): from a terminal only the ways to other panes are taken. */
function withAlt(event: KeyboardEvent, commands: readonly Command[]): Act | undefined {
  // On a Mac, Option types brackets and the like.
  if (isMac() && within(event, TYPING)) return undefined;
  if (within(event, TERMINAL) && !event.code.startsWith('Digit')) return undefined;
  const command = commands.find(({ keys, when }) => keys && pressesAlt(keys, event) && when?.() !== false);
  return command && (() => command.run());
}

function withControl(event: KeyboardEvent): Act | undefined {
  if (event.altKey || event.shiftKey || event.code !== 'KeyK') return undefined;
  // Ctrl-K cuts a line in the shell and begins a chord in the editor: F1 is for those who are there.
  if (within(event, EDITOR) || (within(event, TERMINAL) && !event.metaKey)) return undefined;
  return () => openOverlay('palette');
}

/** Letters alone are never taken: `?` and `/` only where nobody types. */
function alone(event: KeyboardEvent, commands: readonly Command[]): Act | undefined {
  if (event.key === 'F1') return () => openOverlay('palette');
  if (within(event, '[role="dialog"]')) return undefined;
  if (event.key === 'F6') return () => goToPane(nextPane(event.shiftKey));
  if (within(event, TYPING)) return undefined;
  const { selected, tour } = useSession.getState();
  if (event.key === 'Escape' && selected && tour === undefined) return () => select(undefined);
  const command = commands.find(({ keys }) => keys === event.key);
  return command && (() => command.run());
}

/** The commands of features, once the page has nothing more urgent to load. */
function useFeatureCommands(): readonly Command[] {
  const [commands, setCommands] = useState<readonly Command[]>([]);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      loadCommands().then(
        (found) => wanted && setCommands(found.flatMap((one) => one.commands)),
        () => undefined,
      );
    }, IDLE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, []);
  return commands;
}

const IDLE_MS = 3000;

/** The page's keys, as the registry of commands has them. */
export function useKeys(): void {
  const clock = useClockControls();
  const ofFeatures = useFeatureCommands();
  const commands = useMemo(() => [...builtInCommands(clock), ...ofFeatures], [clock, ofFeatures]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const control = event.ctrlKey || event.metaKey;
      const act = control ? withControl(event) : event.altKey ? withAlt(event, commands) : alone(event, commands);
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      Promise.resolve(act()).catch(reportError);
    };
    // Before terminal and editor hear of it: what is taken here is taken from them.
    addEventListener('keydown', onKeyDown, { capture: true });
    return () => removeEventListener('keydown', onKeyDown, { capture: true });
  }, [commands]);
}
