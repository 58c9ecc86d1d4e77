/** What the panel shows and where it has been: kept while other tabs are on show. */
import { create } from 'zustand';
import { parseAddress } from './address.ts';
import { createCookieJar } from './cookies.ts';
import { type Browsing, type Fetch, type Loaded, load, textOf, type Visit } from './load.ts';
import { makeDocument, type PageDocument } from './page-document.ts';

export interface Shown {
  readonly loaded: Loaded;
  /** Present for HTML. */
  readonly document?: PageDocument;
}

interface Entry {
  readonly visit: Visit;
  /** What was shown, so that going back asks nobody. */
  readonly shown?: Shown;
}

interface BrowserState {
  readonly entries: readonly Entry[];
  /** -1: nothing has been opened. */
  readonly at: number;
  readonly loading: boolean;
}

const MAX_ENTRIES = 50;

export const useBrowser = create<BrowserState>(() => ({ entries: [], at: -1, loading: false }));

const { getState: get, setState: set } = useBrowser;
const cookies = createCookieJar();
const trusted = new Set<string>();
let attempt = 0;

export const entryOf = ({ entries, at }: Pick<BrowserState, 'entries' | 'at'>): Entry | undefined => entries[at];

/** Opens what was typed or followed. False when it is no address. */
export function open(fetch: Fetch, typed: string): boolean {
  const url = parseAddress(typed);
  if (url === undefined) return false;
  go(fetch, { url, method: 'GET' });
  return true;
}

/** Goes on to a new entry: what was ahead is forgotten. */
export function go(fetch: Fetch, visit: Visit): void {
  const { entries, at } = get();
  const next = [...entries.slice(0, at + 1), { visit }].slice(-MAX_ENTRIES);
  set({ entries: next, at: next.length - 1 });
  show(fetch, visit);
}

/** Back or forward: what was shown there is shown again. */
export function move(fetch: Fetch, by: -1 | 1): void {
  const { entries, at } = get();
  const entry = entries[at + by];
  if (!entry) return;
  stop();
  set({ at: at + by });
  if (!entry.shown) show(fetch, entry.visit);
}

/** To the list of what can be opened; back leads to the page again. */
export function goHome(): void {
  stop();
  set({ at: -1 });
}

export function reload(fetch: Fetch): void {
  const entry = entryOf(get());
  if (entry) show(fetch, entry.visit);
}

export function stop(): void {
  attempt++;
  set({ loading: false });
}

/** The person goes on despite the certificate. */
export function trust(fetch: Fetch, url: string): void {
  trusted.add(new URL(url).origin);
  reload(fetch);
}

function show(fetch: Fetch, visit: Visit): void {
  const mine = ++attempt;
  set({ loading: true });
  const { at } = get();
  read({ fetch, cookies, trusted }, visit)
    .catch((error: unknown): Shown => ({ loaded: { url: visit.url, failed: 'ECONNRESET', message: String(error) } }))
    .then((shown) => {
      if (attempt !== mine) return;
      const entries = get().entries.map((entry, index) => (index === at ? { ...entry, shown } : entry));
      set({ entries, loading: false });
    })
    .catch(stop);
}

const RESOURCE = { style: 'text/css,*/*;q=0.1', image: 'image/*,*/*;q=0.8' } as const;

async function read(browsing: Browsing, visit: Visit): Promise<Shown> {
  const loaded = await load(browsing, visit);
  if ('failed' in loaded) return { loaded };
  if (loaded.contentType !== 'text/html' && loaded.contentType !== 'application/xhtml+xml') return { loaded };
  const document = await makeDocument(textOf(loaded), loaded.url, async (url, as) => {
    const found = await load(browsing, { url, method: 'GET' }, RESOURCE[as]);
    return 'failed' in found || found.status !== 200 ? undefined : found;
  });
  return { loaded, document };
}
