/** The parts that others write, found when they are there: panes, entries of the top bar, commands. */
import { type ComponentType, lazy } from 'react';
import type { CentreTab, Command, Pane } from '../session/index.ts';

type Loader = () => Promise<{ readonly default: ComponentType }>;

const panes = import.meta.glob<{ readonly default: ComponentType }>([
  '../features/topology/index.tsx',
  '../features/editor/index.tsx',
  '../features/browser/index.tsx',
  '../features/lessons/index.tsx',
  '../features/timeline/index.tsx',
]);
const bars = import.meta.glob<{ readonly default: ComponentType }>('../features/*/bar.tsx');
const over = import.meta.glob<{ readonly default: ComponentType }>('../features/*/overlay.tsx');
const commands = import.meta.glob<{ readonly commands?: readonly Command[] }>('../features/*/commands.ts');

const component = (loader: Loader | undefined): ComponentType | undefined => loader && lazy(loader);
const feature = (name: string) => component(panes[`../features/${name}/index.tsx`]);

export const Lesson = feature('lessons');
export const Timeline = feature('timeline');

/** Tabs of the middle, in their order. */
export const centrePanes: { readonly [tab in CentreTab]: ComponentType | undefined } = {
  map: feature('topology'),
  overview: lazy(() => import('../features/overview/Overview.tsx')),
  editor: feature('editor'),
  browser: feature('browser'),
};

/** The panes there are, from left to right and down. */
export const PANES: readonly Pane[] = (['lesson', 'explorer', 'centre', 'terminal', 'timeline'] as const).filter(
  (pane) => (pane !== 'lesson' || Lesson) && (pane !== 'timeline' || Timeline),
);

/** Entries of the top bar, by feature. */
export const barEntries: readonly { readonly name: string; readonly Entry: ComponentType }[] = Object.entries(bars).map(
  ([path, loader]) => ({ name: nameOf(path), Entry: lazy(loader) }),
);

/** What a feature shows over the page while `session.overlay` is its name: it closes itself by `closeOverlay`. */
export const overlays: { readonly [name: string]: ComponentType | undefined } = Object.fromEntries(
  Object.entries(over).map(([path, loader]) => [nameOf(path), lazy(loader)]),
);

export interface FeatureCommands {
  readonly feature: string;
  readonly commands: readonly Command[];
}

let loading: Promise<readonly FeatureCommands[]> | undefined;

/** The commands of all features; loaded once, when somebody first asks. */
export function loadCommands(): Promise<readonly FeatureCommands[]> {
  loading ??= Promise.all(
    Object.entries(commands).map(async ([path, load]) => ({
      feature: nameOf(path),
      commands: (await load()).commands ?? [],
    })),
  );
  return loading;
}

function nameOf(path: string): string {
  return path.split('/')[2] ?? path;
}
