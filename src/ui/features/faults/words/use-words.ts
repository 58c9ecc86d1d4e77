/** The words of faults in the language of the session. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { FaultSay, FaultWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: FaultWords): FaultSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useFaultWords = (): FaultSay => sayers[useSession((session) => session.locale)];
