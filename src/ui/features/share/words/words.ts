/** Every language has every key. */
import type { en } from './en.ts';

type ShareWord = keyof typeof en;
export type ShareWords = { readonly [Key in ShareWord]: string };
export type ShareSay = (key: ShareWord, values?: { readonly [name: string]: string | number }) => string;
