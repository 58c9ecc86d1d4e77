/** Which cluster the page opens: `#cluster=name` of the address, else the one that was open here last. */
import type { StartRequest } from '../../workers/protocol.ts';

const LAST = 'podarium.cluster';

function remembered(): string | undefined {
  try {
    return localStorage.getItem(LAST) ?? undefined;
  } catch {
    // Storage may be forbidden, as in some embeds.
    return undefined;
  }
}

/** What the address and the last visit ask for. */
export function startRequest(): StartRequest {
  const cluster = new URLSearchParams(location.hash.slice(1)).get('cluster') ?? remembered();
  return cluster === undefined ? {} : { cluster };
}

/** The next visit, and a reload, open this one. */
export function rememberCluster(id: string): void {
  try {
    localStorage.setItem(LAST, id);
  } catch {
    // Then the next visit opens the one that the worker knows to have been last.
  }
}

/** Opens another kept cluster, by id: the page starts over with it. */
export function switchCluster(id: string): void {
  rememberCluster(id);
  const url = new URL(location.href);
  url.hash = '';
  history.replaceState(undefined, '', url);
  location.reload();
}
