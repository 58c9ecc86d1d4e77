/** Lessons as they lie on the disk. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Course, type Lesson, type LessonFiles, parseCourse, parseLesson, translateLesson } from '#engine/lessons';

export interface LessonFolder {
  readonly folder: string;
  readonly lesson: Lesson;
  readonly translations: { readonly [locale: string]: Lesson };
  readonly files: LessonFiles;
}

/** Languages besides the first. */
const TRANSLATIONS = ['zh'] as const;

function filesBelow(root: string, folder: string): readonly string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const below = join(folder, name);
      return statSync(join(root, below)).isDirectory() ? filesBelow(root, below) : [below];
    });
}

export function readCourse(root: string): Course {
  const path = join(root, 'course.yaml');
  return parseCourse(path, readFileSync(path, 'utf8'));
}

/** @throws LessonError and what the file system says */
export function readLesson(root: string, folder: string, course: Pick<Course, 'nodes' | 'seed'>): LessonFolder {
  const at = join(root, folder);
  const path = (name: string) => relative(process.cwd(), join(at, name));
  const lesson = parseLesson(path('lesson.en.md'), readFileSync(join(at, 'lesson.en.md'), 'utf8'), course);
  const translations = Object.fromEntries(
    TRANSLATIONS.map((locale) => {
      const name = `lesson.${locale}.md`;
      return [locale, translateLesson(path(name), readFileSync(join(at, name), 'utf8'), lesson)];
    }),
  );
  const files = Object.fromEntries(
    ['files', 'solution']
      .flatMap((below) => filesBelow(at, below))
      .map((name) => [name, readFileSync(join(at, name), 'utf8')]),
  );
  return { folder, lesson, translations, files };
}
