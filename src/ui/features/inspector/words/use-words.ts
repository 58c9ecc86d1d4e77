/** The inspector's words in the language of the session. Both languages travel with the inspector, which is loaded when first shown. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { InspectorSay, InspectorWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: InspectorWords): InspectorSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useInspectorWords = (): InspectorSay => sayers[useSession((session) => session.locale)];

/** Templates as they are, for sentences whose values are marked up. */
export const useTemplates = (): InspectorWords => ({ en, zh })[useSession((session) => session.locale)];
