/** Every language has every key. */
import type { en } from './en.ts';

type BranchWord = keyof typeof en;
export type BranchWords = { readonly [Key in BranchWord]: string };
export type BranchSay = (key: BranchWord, values?: { readonly [name: string]: string | number }) => string;
