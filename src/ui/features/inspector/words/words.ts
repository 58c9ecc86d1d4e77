/** Every language has every key. */
import type { en } from './en.ts';

export type InspectorWord = keyof typeof en;
export type InspectorWords = { readonly [Key in InspectorWord]: string };
type InspectorValues = { readonly [name: string]: string | number };
export type InspectorSay = (key: InspectorWord, values?: InspectorValues) => string;
