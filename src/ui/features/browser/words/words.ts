/** The browser panel's words: every language has every key. */
import type { en } from './en.ts';

type BrowserWord = keyof typeof en;
export type BrowserWords = { readonly [Key in BrowserWord]: string };
export type BrowserSay = (key: BrowserWord, values?: { readonly [name: string]: string | number }) => string;
