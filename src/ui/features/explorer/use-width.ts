import { type RefObject, useEffect, useState } from 'react';

/** Whether an element has less room than that; looked at again when it changes. */
export function useNarrowerThan(element: RefObject<HTMLElement | null>, px: number): boolean {
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const observer = new ResizeObserver(([entry]) => setNarrow((entry?.contentRect.width ?? px) < px));
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element, px]);
  return narrow;
}
