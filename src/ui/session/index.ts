/** State of the page alone: layout, tabs, theme, language, selection, messages; and the actions by which panes meet. */
export { openBrowser } from './address.ts';
export { startAppearance } from './appearance.ts';
export { beforeCommand, settledForCommand } from './before-command.ts';
export type { Command } from './command.ts';
export { type Embed, type EmbedView, embed } from './embed.ts';
export { openFile } from './files.ts';
export { goTo, returnToLive } from './instant.ts';
export { openLesson, startLessonLinks } from './lessons.ts';
export { dismiss, notify } from './messages.ts';
export { closeOverlay, goToTourStep, openFaults, openOverlay, openRequests } from './overlays.ts';
export { maximise, showPane, togglePane } from './panes.ts';
export {
  type CentreTab,
  type Locale,
  type ObjectReference,
  type Pane,
  select,
  type Theme,
  update,
  useSession,
} from './session.ts';
export { backToTerminal, closeTerminal, openTerminal, proposeInTerminal, typeInTerminal } from './terminals.ts';
export { touched } from './touched.ts';
export { type Say, useWords } from './words.ts';
