/** The editor's words: every language has every key. */
import type { en } from './en.ts';

type EditorWord = keyof typeof en;
export type EditorWords = { readonly [Key in EditorWord]: string };
export type EditorSay = (key: EditorWord, values?: { readonly [name: string]: string | number }) => string;
