/** The screens that are open, by the id of their tab. They outlive the pane. */
import type { Engine } from '../../cluster/index.ts';
import { update, useSession } from '../../session/index.ts';
import type { Screen } from './screen.ts';
import { keepScrollback, keptScrollback, textOf } from './scrollback.ts';

export const screens = new Map<number, Screen>();

const KEEP_EVERY_MS = 5000;

/** What each tab showed before the reload, by position; told once. */
let before: Promise<readonly string[]> | undefined;

/** @returns the screens of this cluster as they were when the page was left; none for a fresh cluster */
export function scrollbackBefore(engine: Engine): Promise<readonly string[]> {
  before ??= engine.ready.then(
    ({ id, how }) => (how === 'resumed' ? keptScrollback(id) : []),
    () => [],
  );
  return before;
}

/** Keeps what the screens show until the page goes. Returns a function that stops. */
export function keepScreens(engine: Engine): () => void {
  let cluster: string | undefined;
  engine.ready.then(
    ({ id }) => {
      cluster = id;
    },
    () => undefined,
  );
  let last = '';
  const keep = () => {
    if (cluster === undefined) return;
    const texts = useSession.getState().terminals.map(({ id }) => {
      const screen = screens.get(id);
      return screen ? textOf(screen.term) : '';
    });
    const now = texts.join('\0');
    if (now !== last) keepScrollback(cluster, texts);
    last = now;
  };
  const timer = setInterval(keep, KEEP_EVERY_MS);
  addEventListener('pagehide', keep);
  return () => {
    clearInterval(timer);
    removeEventListener('pagehide', keep);
  };
}

/** As many tabs as there were. */
export async function restoreTabs(engine: Engine): Promise<void> {
  const texts = await scrollbackBefore(engine);
  const { terminals } = useSession.getState();
  if (texts.length < 2 || terminals.length !== 1) return;
  const [first] = terminals;
  update({
    terminals: [...(first ? [first] : []), ...texts.slice(1).map((_, index) => ({ id: -1 - index }))],
  });
}

/** Closed tabs end their shells. */
export function closeScreensWithout(tabs: readonly { readonly id: number }[]): void {
  for (const [id, screen] of screens) {
    if (tabs.some((tab) => tab.id === id)) continue;
    screen.dispose();
    screens.delete(id);
  }
}
