/** A lesson's world as the options of a cluster. */
import type { Lesson } from './lesson.ts';

/** The files of a lesson by path: `files/web.yaml`. */
export type LessonFiles = { readonly [path: string]: string };

/** Options for a cluster of the lesson's own: equal lessons give equal starts. Solutions stay out of the learner's sight. */
export function clusterOptions({ seed, world }: Pick<Lesson, 'seed' | 'world'>, files: LessonFiles) {
  const { nodes, apply, images, traffic, faults, settled } = world;
  const missing = apply.filter((path) => files[path] === undefined);
  if (missing.length > 0) throw new Error(`the lesson has no file ${missing.join(', ')}`);
  return {
    seed,
    nodes,
    scenario: {
      files: Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith('files/'))),
      apply: apply.map((path) => files[path] as string),
      images,
      traffic,
      faults,
      settled,
    },
  };
}
