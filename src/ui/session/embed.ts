/** The page inside of somebody else's: what `?embed&view=map&readonly` asks for. */

const VIEWS = ['map', 'editor', 'terminal', 'lesson'] as const;
export type EmbedView = (typeof VIEWS)[number];

export interface Embed {
  /** The one thing to show; undefined is all panes. */
  readonly view: EmbedView | undefined;
  /** Nothing can be changed. */
  readonly readOnly: boolean;
}

function readEmbed(search: string): Embed | undefined {
  const query = new URLSearchParams(search);
  if (!query.has('embed')) return undefined;
  return { view: VIEWS.find((view) => view === query.get('view')), readOnly: query.has('readonly') };
}

/** Undefined where the page is on its own. */
export const embed: Embed | undefined = typeof location === 'undefined' ? undefined : readEmbed(location.search);

const memory = new Map<string, string>();

/** What is remembered of an embedded page is forgotten with it: it neither reads nor changes what the visitor keeps. */
export const embedStorage = {
  getItem: (key: string): string | null => memory.get(key) ?? null,
  setItem: (key: string, value: string): void => void memory.set(key, value),
  removeItem: (key: string): void => void memory.delete(key),
};
