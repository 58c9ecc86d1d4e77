/** `public/lessons/index.json`: what the page shows before it has read any lesson. Made from the lessons, never by hand. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCourse, readLesson } from './files.ts';

function courseIndex(root: string, name: string) {
  const { title, nodes, seed, kubernetes, lessons } = readCourse(join(root, name));
  return {
    name,
    title,
    kubernetes,
    nodes,
    seed,
    lessons: lessons.map((folder) => {
      const { lesson, translations, files } = readLesson(join(root, name), folder, { nodes, seed });
      const titles = Object.entries(translations).map(([locale, translated]) => [locale, translated.title]);
      return {
        path: `${name}/${folder}`,
        id: lesson.id,
        title: { en: lesson.title, ...Object.fromEntries(titles) },
        level: lesson.level,
        minutes: lesson.minutes,
        concepts: lesson.concepts,
        // What comes before the first heading is a step too.
        steps: lesson.steps.length + (lesson.body.trimStart().startsWith('## ') ? 0 : 1),
        files: Object.keys(files),
      };
    }),
  };
}

export const courseNames = (root: string): readonly string[] =>
  readdirSync(root)
    .filter((one) => statSync(join(root, one)).isDirectory())
    .sort();

/** @throws LessonError */
const indexText = (root: string): string =>
  `${JSON.stringify({ courses: courseNames(root).map((name) => courseIndex(root, name)) }, undefined, 2)}\n`;

export const isIndexFresh = (root: string): boolean =>
  readFileSync(join(root, 'index.json'), 'utf8') === indexText(root);

export const writeIndex = (root: string): void => writeFileSync(join(root, 'index.json'), indexText(root));
