/** Plays the past like a film: the instant on view moves on by itself until it is now. */
import { useEffect, useState } from 'react';
import { useClock } from '../../cluster/index.ts';
import { goTo, returnToLive, useSession } from '../../session/index.ts';

const FRAME_MS = 100;
/** As fast as the cluster's own clock, within what can be followed. */
const FASTEST = 300;

export function usePlay(): readonly [playing: boolean, setPlaying: (playing: boolean) => void] {
  const clock = useClock();
  const [playing, setPlaying] = useState(false);
  const past = clock?.past ?? false;
  const live = clock?.live ?? 0;
  const rate = Math.min(FASTEST, typeof clock?.speed === 'number' ? clock.speed : FASTEST);
  useEffect(() => {
    if (!playing) return undefined;
    if (!past) {
      setPlaying(false);
      return undefined;
    }
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const next = (useSession.getState().instant ?? live) + (now - before) * rate;
      before = now;
      if (next >= live) returnToLive();
      else goTo(next);
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [playing, past, live, rate]);
  return [playing && past, setPlaying];
}
