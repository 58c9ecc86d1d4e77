import type { Speed } from '../cluster/index.ts';
import type { Locale } from '../session/index.ts';

/** The speeds that are offered, in virtual seconds per second. */
export const SPEEDS: readonly Speed[] = [0.1, 0.5, 1, 2, 5, 10, 60, 100, 300, 1000, 'max'];

export const speedText = (speed: Speed, locale: Locale): string =>
  speed === 'max' ? { en: 'max', zh: '最快' }[locale] : `${speed}×`;
