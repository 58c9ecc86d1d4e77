/** The words of the clusters menu in the language of the session. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { ClusterSay, ClusterWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: ClusterWords): ClusterSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useClusterWords = (): ClusterSay => sayers[useSession((session) => session.locale)];
