/** How the opening of a link went, for whoever shows it. */
import { create } from 'zustand';
import type { LinkProblem } from './link/codec.ts';

export type Opened =
  | { readonly state: 'none' }
  | { readonly state: 'broken'; readonly problem: LinkProblem; readonly detail: string }
  /** Replaying, or booting. */
  | { readonly state: 'opening'; readonly title: string; readonly inputs: number; readonly done: number }
  /** The replay ended in the very state that the link was made of. */
  | { readonly state: 'same'; readonly title: string; readonly inputs: number; readonly digest: string }
  | { readonly state: 'different'; readonly title: string; readonly digest: string; readonly wanted: string }
  /** Only its manifests were applied: it carries no more, or was made by another build. */
  | {
      readonly state: 'manifests';
      readonly title: string;
      readonly reason: 'alone' | 'other-build';
      readonly output: string;
      readonly failed: boolean;
    };

export const useOpened = create<{ readonly opened: Opened }>(() => ({ opened: { state: 'none' } }));

export const setOpened = (opened: Opened): void => useOpened.setState({ opened });
