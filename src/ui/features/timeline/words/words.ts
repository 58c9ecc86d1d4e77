/** The timeline's words: every language has every key. */
import type { en } from './en.ts';

type TimelineWord = keyof typeof en;
export type TimelineWords = { readonly [Key in TimelineWord]: string };
export type TimelineSay = (key: TimelineWord, values?: { readonly [name: string]: string | number }) => string;
