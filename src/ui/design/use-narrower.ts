import { type RefObject, useEffect, useState } from 'react';

/** Whether an element is less than so many pixels wide, whatever the window is. */
export function useNarrower(element: RefObject<HTMLElement | null>, pixels: number): boolean {
  const [narrower, setNarrower] = useState(() => innerWidth < pixels);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setNarrower(entry.contentRect.width < pixels);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, pixels]);
  return narrower;
}
