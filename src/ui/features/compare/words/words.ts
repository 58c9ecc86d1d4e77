/** Every language has every key. */
import type { en } from './en.ts';

type CompareWord = keyof typeof en;
export type CompareWords = { readonly [Key in CompareWord]: string };
export type CompareSay = (key: CompareWord, values?: { readonly [name: string]: string | number }) => string;
