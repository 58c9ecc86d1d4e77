/** Dark, light or high contrast: what the page shows now. */
import { useSyncExternalStore } from 'react';
import { useSession } from '../../session/index.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');
/** A finger, or a window as narrow as a phone. */
const plain = matchMedia('(pointer: coarse), (max-width: 480px)');

const subscribeTo = (query: MediaQueryList) => (changed: () => void) => {
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
};
const [watchDark, watchPlain] = [subscribeTo(dark), subscribeTo(plain)];

export function useScheme(): 'light' | 'dark' | 'contrast' {
  const theme = useSession((session) => session.theme);
  const isDark = useSyncExternalStore(watchDark, () => dark.matches);
  return theme === 'system' ? (isDark ? 'dark' : 'light') : theme;
}

/** Whether a plain text field serves better than Monaco. */
export const usePlain = (): boolean => useSyncExternalStore(watchPlain, () => plain.matches);
