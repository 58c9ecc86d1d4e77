/** Which lesson is on show. */
import { showPane } from './panes.ts';
import { update, useSession } from './session.ts';

/** Below this width a lesson, the explorer and the terminal do not fit side by side. */
const ROOM_FOR_THREE = 1280;

/** Opens a lesson (`course/nn-lesson`), or the list of them, in its pane. */
export function openLesson(id?: string): void {
  const { hidden } = useSession.getState();
  update({
    lesson: id,
    ...(innerWidth < ROOM_FOR_THREE && !hidden.includes('explorer') && { hidden: [...hidden, 'explorer'] }),
  });
  showPane('lesson');
}
