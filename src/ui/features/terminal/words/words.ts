/** The terminal's words: every language has every key. */
import type { en } from './en.ts';

export type TerminalWord = keyof typeof en;
export type TerminalWords = { readonly [Key in TerminalWord]: string };
export type TerminalSay = (key: TerminalWord) => string;
