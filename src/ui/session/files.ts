/** Files handed to the editor from anywhere: examples, lessons, `edit FILE`, an object's YAML. */
import { showPane } from './panes.ts';
import { type FileToOpen, update, useSession } from './session.ts';

/** Opens a file in the editor and shows it. */
export function openFile(file: FileToOpen): void {
  update({ filesToOpen: [...useSession.getState().filesToOpen, file], centreTab: 'editor' });
  showPane('centre');
}
