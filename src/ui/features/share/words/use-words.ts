/** The words in the language of the session. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { ShareSay, ShareWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: ShareWords): ShareSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useShareWords = (): ShareSay => sayers[useSession((session) => session.locale)];
