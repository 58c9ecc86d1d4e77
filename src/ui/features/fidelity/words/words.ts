/** Every language has every key. */
import type { en } from './en.ts';

export type Words = { readonly [Key in keyof typeof en]: string };
