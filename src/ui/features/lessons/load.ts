/** Lessons over the network, each read once. */
import { type Lesson, type LessonFiles, parseLesson, translateLesson } from '#engine/lessons';
import type { Locale } from '../../session/index.ts';

export interface LessonEntry {
  /** Its folder: `course/01-…`. */
  readonly path: string;
  /** What progress is kept under. */
  readonly id: string;
  readonly title: { readonly [locale in Locale]: string };
  readonly level: Lesson['level'];
  readonly minutes: number;
  readonly concepts: readonly string[];
  readonly steps: number;
  readonly files: readonly string[];
}

interface CourseEntry {
  readonly name: string;
  readonly title: { readonly [locale in Locale]: string };
  readonly nodes: number;
  readonly seed: number;
  readonly lessons: readonly LessonEntry[];
}

export interface LessonIndex {
  readonly courses: readonly CourseEntry[];
}

/** A lesson in every language, and its files. */
export interface LoadedLesson {
  readonly entry: LessonEntry;
  readonly lesson: { readonly [locale in Locale]: Lesson };
  readonly files: LessonFiles;
  readonly previous: LessonEntry | undefined;
  readonly next: LessonEntry | undefined;
}

async function text(path: string): Promise<string> {
  const response = await fetch(new URL(`lessons/${path}`, document.baseURI));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.text();
}

/** What failed is tried again; what was read is kept. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

export const loadIndex = once(async () => JSON.parse(await text('index.json')) as LessonIndex);

const lessons = new Map<string, () => Promise<LoadedLesson>>();

/** @param path `course/01-…` */
export function loadLesson(path: string): Promise<LoadedLesson> {
  let load = lessons.get(path);
  if (!load) {
    load = once(() => read(path));
    lessons.set(path, load);
  }
  return load();
}

async function read(path: string): Promise<LoadedLesson> {
  const { courses } = await loadIndex();
  const course = courses.find(({ lessons: all }) => all.some((lesson) => lesson.path === path));
  const at = course?.lessons.findIndex((lesson) => lesson.path === path) ?? -1;
  const entry = course?.lessons[at];
  if (!course || !entry) throw new Error(`${path}: 404`);
  const [en, zh, ...contents] = await Promise.all(
    ['lesson.en.md', 'lesson.zh.md', ...entry.files].map((name) => text(`${path}/${name}`)),
  );
  const lesson = parseLesson(`${path}/lesson.en.md`, en ?? '', course);
  return {
    entry,
    lesson: { en: lesson, zh: translateLesson(`${path}/lesson.zh.md`, zh ?? '', lesson) },
    files: Object.fromEntries(entry.files.map((name, i) => [name, contents[i] ?? ''])),
    previous: course.lessons[at - 1],
    next: course.lessons[at + 1],
  };
}
