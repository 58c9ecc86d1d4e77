/** Every language has every key. */
import type { en } from './en.ts';

export type RequestWord = keyof typeof en;
export type RequestWords = { readonly [Key in RequestWord]: string };
export type RequestSay = (key: RequestWord, values?: { readonly [name: string]: string | number }) => string;
