/** The timeline's words in the language of the session. Both languages travel with the timeline, which is loaded when first shown. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { TimelineSay, TimelineWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: TimelineWords): TimelineSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useTimelineWords = (): TimelineSay => sayers[useSession((session) => session.locale)];
