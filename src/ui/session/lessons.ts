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

/** `#lesson=course/01-…` of the address opens that lesson, now and whenever the address changes. */
export function startLessonLinks(): void {
  const follow = () => {
    const wanted = new URLSearchParams(location.hash.slice(1)).get('lesson');
    if (wanted && /^[a-z0-9-]+\/\d\d-[a-z0-9-]+$/.test(wanted)) openLesson(wanted);
  };
  follow();
  addEventListener('hashchange', follow);
}
