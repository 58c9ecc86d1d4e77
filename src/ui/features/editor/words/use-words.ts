/** The editor's words in the language of the session. Both languages travel with the editor, which is loaded when first shown. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { EditorSay, EditorWords } from './words.ts';
import { zh } from './zh.ts';

const sayerOf =
  (words: EditorWords): EditorSay =>
  (key, values) =>
    values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];

const sayers = { en: sayerOf(en), zh: sayerOf(zh) };

export const useEditorWords = (): EditorSay => sayers[useSession((session) => session.locale)];
