/** The lesson pane's words: every language has every key. */
import type { en } from './en.ts';

export type LessonWord = keyof typeof en;
export type LessonWords = { readonly [Key in LessonWord]: string };
export type LessonSay = (key: LessonWord, values?: { readonly [name: string]: string | number }) => string;
