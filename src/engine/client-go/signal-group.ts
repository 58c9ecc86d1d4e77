/** Many things that stop with one signal, at the price of one listener on it. */

/** Makes signals that abort when `parent` does. */
export function createSignalGroup(parent: AbortSignal): () => AbortSignal {
  const children: AbortController[] = [];
  const stop = () => {
    for (const child of children.splice(0)) child.abort();
  };
  if (!parent.aborted) parent.addEventListener('abort', stop, { once: true });
  return () => {
    const child = new AbortController();
    if (parent.aborted) child.abort();
    else children.push(child);
    return child.signal;
  };
}
