import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 760px)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** True where there is room for one pane only. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
