/** The terminal's words in the language of the session. */
import { useSession } from '../../../session/index.ts';
import { en } from './en.ts';
import type { TerminalSay } from './words.ts';
import { zh } from './zh.ts';

const sayers: { readonly en: TerminalSay; readonly zh: TerminalSay } = { en: (key) => en[key], zh: (key) => zh[key] };

export const useTerminalWords = (): TerminalSay => sayers[useSession((session) => session.locale)];
