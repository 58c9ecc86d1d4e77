/** Lessons in the palette: each by its title. */
import { type Command, openLesson } from '../../session/index.ts';
import { loadIndex } from './load.ts';

async function lessonCommands(): Promise<readonly Command[]> {
  const { courses } = await loadIndex();
  return courses.flatMap(({ name, lessons }) =>
    lessons.map(
      ({ path, title, concepts }): Command => ({
        id: `lessons.${name}.${path.slice(path.indexOf('/') + 1)}`,
        label: title,
        also: concepts.join(' '),
        run: () => openLesson(path),
      }),
    ),
  );
}

export const commands: readonly Command[] = [
  {
    id: 'lessons.list',
    label: { en: 'All lessons', zh: '全部课程' },
    run: () => openLesson(),
  },
  // Without the list of lessons the palette has the rest.
  ...(await lessonCommands().catch(() => [])),
];
