/** Every language has every key. */
import type { en } from './en.ts';

export type ClusterWord = keyof typeof en;
export type ClusterWords = { readonly [Key in ClusterWord]: string };
export type ClusterSay = (key: ClusterWord, values?: { readonly [name: string]: string | number }) => string;
