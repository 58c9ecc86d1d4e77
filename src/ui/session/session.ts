/** What only the page knows: layout, tabs, theme, language, and what is selected. Kept in localStorage where it should outlive a reload. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { Resource } from '#engine/api';

export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export type Locale = 'en' | 'zh';
export type Pane = 'explorer' | 'centre' | 'terminal';
export type CentreTab = 'map' | 'editor' | 'overview';

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
}

let nextId = 2;

export const useSession = create<Session>()(
  persist(
    (): Session => ({
      theme: 'system',
      locale: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
      namespace: '',
      resource: '/pods',
      filter: '',
      selected: undefined,
      hidden: [],
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
    }),
    {
      name: 'podarium.session',
      version: 1,
      storage: createJSONStorage(() => localStorage),
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
      }),
    },
  ),
);

const { setState: set, getState: get } = useSession;

/** Selects an object everywhere; undefined selects nothing. */
export const select = (selected: ObjectReference | undefined): void => {
  // Where there is room for one pane only, it is the one that tells about the object.
  set({ selected, ...(selected && { narrowPane: 'explorer' }) });
};

export const update = (part: Partial<Session>): void => {
  set(part);
};

export function togglePane(pane: Pane): void {
  const { hidden } = get();
  const next = hidden.includes(pane) ? hidden.filter((other) => other !== pane) : [...hidden, pane];
  // Something has to be left.
  set({ hidden: next.length === 3 ? [] : next, maximised: undefined });
}

export function maximise(pane: Pane): void {
  set({ maximised: get().maximised === pane ? undefined : pane });
}

/** Makes a pane visible, in wide and in narrow windows. */
export function showPane(pane: Pane): void {
  const { hidden, maximised } = get();
  set({
    hidden: hidden.filter((other) => other !== pane),
    maximised: maximised === pane ? maximised : undefined,
    narrowPane: pane,
  });
}

export function openTerminal(line?: string): void {
  const id = nextId++;
  set({ terminals: [...get().terminals, { id, ...(line !== undefined && { line }) }], terminal: id });
  showPane('terminal');
}

export function closeTerminal(id: number): void {
  const { terminals, terminal } = get();
  const left = terminals.filter((tab) => tab.id !== id);
  const last = left.at(-1);
  if (!last) {
    const fresh = nextId++;
    set({ terminals: [{ id: fresh }], terminal: fresh });
  } else set({ terminals: left, ...(terminal === id && { terminal: last.id }) });
}

/** Types a line, with Enter, into the terminal on show. */
export function typeInTerminal(line: string): void {
  showPane('terminal');
  set({ typed: { id: nextId++, line } });
}

const MESSAGE_MS = 8000;

/** Says something for a while; what went wrong stays until it is dismissed. */
export function notify(message: Omit<Message, 'id'>): void {
  const id = nextId++;
  set({ messages: [...get().messages.slice(-2), { id, ...message }] });
  if (message.tone === 'good') setTimeout(() => dismiss(id), MESSAGE_MS);
}

export const dismiss = (id: number): void => {
  set({ messages: get().messages.filter((message) => message.id !== id) });
};
