/** One tab runs a cluster: the one whose worker holds its lock. The browser gives the lock on when that tab is gone, however it went. */

const nameOf = (cluster: string) => `podarium/cluster/${cluster}`;

/** Takes the lock if it is free, and keeps it until `signal` aborts or the worker ends. False: another tab has it. */
export function tryToLead(cluster: string, signal?: AbortSignal): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(nameOf(cluster), { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : held(signal);
      })
      .catch(reject);
  });
}

/** Resolves when the lock is ours; it is kept until `signal` aborts or the worker ends. */
export function waitToLead(cluster: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(nameOf(cluster), () => {
        resolve();
        return held(signal);
      })
      .catch(reject);
  });
}

const held = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((release) => signal?.addEventListener('abort', () => release(), { once: true }));

/** Ids of the clusters that run in some tab. */
export async function runningClusters(): Promise<ReadonlySet<string>> {
  const { held: locks = [] } = (await navigator.locks?.query()) ?? {};
  const prefix = nameOf('');
  const names = locks.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  return new Set(names);
}
