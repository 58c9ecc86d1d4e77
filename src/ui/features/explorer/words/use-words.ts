/** The explorer's words in the language of the session. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { ExplorerSay, ExplorerWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: ExplorerWords): ExplorerSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useExplorerWords = (): ExplorerSay => sayers[useSession((session) => session.locale)];
