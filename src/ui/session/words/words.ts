/** Typed words: every language has every key. */
import type { en } from './en.ts';

export type WordKey = keyof typeof en;
export type Words = { readonly [Key in WordKey]: string };
