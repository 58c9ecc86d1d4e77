/** What only the page knows: layout, tabs, theme, language, and what is selected. Kept in localStorage where it should outlive a reload. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { Resource } from '#engine/api';
import { embed, embedStorage } from './embed.ts';

export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export type Locale = 'en' | 'zh';
export type Pane = 'lesson' | 'explorer' | 'centre' | 'terminal' | 'timeline';
export type CentreTab = 'map' | 'editor' | 'overview' | 'browser';

/** An object somebody points at. */
export interface ObjectReference {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface Message {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly title: string;
  readonly text: string;
}

interface TerminalTab {
  readonly id: number;
  /** Typed once the shell is there: `kubectl exec …` of a button. */
  readonly line?: string;
}

/** A line for the terminal on show; `id` tells two equal ones apart. */
interface TypedLine {
  readonly id: number;
  readonly line: string;
  /** Left for somebody to read and press Enter. */
  readonly unentered?: boolean;
}

/** A file for the editor, which takes it when it is there. */
export interface FileToOpen {
  readonly name: string;
  readonly text: string;
}

/** What lies over the page. */
export type Overlay =
  | 'palette'
  | 'keys'
  | 'fidelity'
  | 'faults'
  | 'share'
  | 'opening'
  | 'real'
  | 'clusters'
  | 'crash'
  | 'export'
  | 'timeline'
  | 'branch'
  | 'compare'
  | 'requests';

/** What the list of requests shows. */
export interface RequestsOf {
  /** The one whose walk is on show. */
  readonly id?: number | undefined;
  /** Only those of commands typed in that terminal. */
  readonly terminal?: number | undefined;
  readonly refused?: boolean;
}

export interface Session {
  readonly theme: Theme;
  readonly locale: Locale;
  /** '' is every namespace. */
  readonly namespace: string;
  /** `group/plural` of the resource in the explorer. */
  readonly resource: string;
  readonly filter: string;
  readonly selected: ObjectReference | undefined;
  readonly hidden: readonly Pane[];
  readonly maximised: Pane | undefined;
  /** The pane on show where there is room for one. */
  readonly narrowPane: Pane;
  readonly centreTab: CentreTab;
  readonly layouts: { readonly [group: string]: { readonly [panel: string]: number } };
  readonly firstMinuteDone: boolean;
  readonly screenReader: boolean;
  readonly terminals: readonly TerminalTab[];
  readonly terminal: number;
  readonly typed: TypedLine | undefined;
  readonly messages: readonly Message[];
  /** Asked for by `openFile`; the editor empties it. */
  readonly filesToOpen: readonly FileToOpen[];
  /** What the browser panel shows; '' is nothing yet. */
  readonly address: string;
  /** The lesson on show, `course/nn-lesson`; undefined is the list of them. */
  readonly lesson: string | undefined;
  /** Virtual time on show, in milliseconds since the epoch; undefined is live. */
  readonly instant: number | undefined;
  /** What a command has just touched: shown for a moment wherever it appears. */
  readonly touched: readonly ObjectReference[];
  readonly overlay: Overlay | undefined;
  /** What the menu of faults is about; undefined is the cluster. */
  readonly faultsOf: ObjectReference | undefined;
  readonly requestsOf: RequestsOf;
  /** The step of the tour; undefined while nobody is shown around. */
  readonly tour: number | undefined;
  /** A newer page is there: loads it. */
  readonly newPage: (() => void) | undefined;
}

export const useSession = create<Session>()(
  persist(
    (): Session => ({
      theme: 'system',
      locale: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
      namespace: '',
      resource: '/pods',
      filter: '',
      selected: undefined,
      hidden: ['lesson'],
      maximised: undefined,
      narrowPane: 'centre',
      centreTab: 'map',
      layouts: {},
      firstMinuteDone: false,
      screenReader: false,
      terminals: [{ id: 1 }],
      terminal: 1,
      typed: undefined,
      messages: [],
      filesToOpen: [],
      address: '',
      lesson: undefined,
      instant: undefined,
      touched: [],
      overlay: undefined,
      faultsOf: undefined,
      requestsOf: {},
      tour: undefined,
      newPage: undefined,
    }),
    {
      name: 'podarium.session',
      version: 1,
      storage: createJSONStorage(() => (embed ? embedStorage : localStorage)),
      partialize: ({
        theme,
        locale,
        namespace,
        resource,
        hidden,
        narrowPane,
        centreTab,
        layouts,
        firstMinuteDone,
        screenReader,
        lesson,
      }) => ({
        theme,
        locale,
        namespace,
        resource,
        hidden,
        narrowPane,
        centreTab,
        layouts,
        firstMinuteDone,
        screenReader,
        lesson,
      }),
    },
  ),
);

/** Selects an object everywhere; undefined selects nothing. */
export const select = (selected: ObjectReference | undefined): void => {
  const { hidden } = useSession.getState();
  useSession.setState({
    selected,
    // Somebody who points at an object wants to look inside; where there is room for one pane only, it is the one that tells.
    ...(selected && { narrowPane: 'explorer', hidden: hidden.filter((pane) => pane !== 'explorer') }),
  });
};

export const update = (part: Partial<Session>): void => {
  useSession.setState(part);
};

let lastId = 1;

/** A number nothing else of the session has. */
export const freshId = (): number => ++lastId;
