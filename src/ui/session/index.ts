/** State of the page alone: layout, tabs, theme, language, selection, messages. */
export { startAppearance } from './appearance.ts';
export {
  type CentreTab,
  closeTerminal,
  dismiss,
  type Locale,
  maximise,
  notify,
  type ObjectReference,
  openTerminal,
  type Pane,
  select,
  showPane,
  type Theme,
  togglePane,
  typeInTerminal,
  update,
  useSession,
} from './session.ts';
export type { WordKey } from './words/words.ts';
export { type Say, useWords } from './words.ts';
