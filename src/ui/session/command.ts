/** What the palette offers and the key sheet lists. */
import type { Locale } from './session.ts';

/** Something the page can do, by name. A feature offers its own in `features/<name>/commands.ts`. */
export interface Command {
  /** `timeline.live`: unique, and stable, for the list of recent ones */
  readonly id: string;
  readonly label: { readonly [language in Locale]: string };
  /** `Alt+L`. Those with Alt are bound by the page; others are only shown and are the pane's own to hear. */
  readonly keys?: string;
  /** A heading in the palette and the key sheet; without one, the feature's own. */
  readonly group?: { readonly [language in Locale]: string };
  /** Other words somebody may look for it by. */
  readonly also?: string;
  run(): void | Promise<void>;
  /** False hides it for now. */
  when?(): boolean;
}
