/** The words in the language of the session; both languages travel together. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { RequestSay, RequestWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: RequestWords): RequestSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useRequestWords = (): RequestSay => sayers[useSession((session) => session.locale)];
