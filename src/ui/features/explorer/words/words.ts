/** Every language has every key. */
import type { en } from './en.ts';

type ExplorerWord = keyof typeof en;
export type ExplorerWords = { readonly [Key in ExplorerWord]: string };
export type ExplorerSay = (key: ExplorerWord, values?: { readonly [name: string]: string | number }) => string;
