/** Every language has every key. */
import type { en } from './en.ts';

export type FaultWord = keyof typeof en;
export type FaultWords = { readonly [Key in FaultWord]: string };
export type FaultSay = (key: FaultWord, values?: { readonly [name: string]: string | number }) => string;
