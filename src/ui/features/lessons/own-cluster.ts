/** A lesson's own cluster: started, started over, left again. The page starts over with it; the learner's cluster stays on the disk. */
import { clusterOptions } from '#engine/lessons';
import type { Recipe } from '../../../workers/protocol.ts';
import { type Engine, switchCluster } from '../../cluster/index.ts';
import { notify, type Say, useSession } from '../../session/index.ts';
import type { LoadedLesson } from './load.ts';
import { change, NO_PROGRESS, progressOf, useProgress } from './progress.ts';
import { withoutLast } from './undo.ts';

export type Starting = Pick<LoadedLesson, 'entry' | 'lesson' | 'files'>;

async function enter({ entry }: Pick<Starting, 'entry'>, recipe: Recipe): Promise<void> {
  const { keepCluster } = await import('../../cluster/kept.ts');
  const name = entry.title[useSession.getState().locale];
  const id = await keepCluster(name, recipe);
  const old = progressOf(entry.id).cluster?.id;
  const { obsolete } = useProgress.getState();
  if (old !== undefined) useProgress.setState({ obsolete: [...obsolete, old] });
  change(entry.id, { cluster: { id, name } });
  switchCluster(id);
}

/** Remembers which cluster to come back to, unless it is a lesson's too. */
async function rememberHome(engine: Engine): Promise<void> {
  await engine.api.flush();
  const { id } = await engine.ready;
  const { lessons } = useProgress.getState();
  if (!Object.values(lessons).some(({ cluster }) => cluster?.id === id)) useProgress.setState({ home: id });
}

/** Begins at the beginning, also when the lesson had been begun before. What was solved stays solved. */
export async function startLesson(engine: Engine, starting: Starting): Promise<void> {
  await rememberHome(engine);
  const { solved, cluster } = progressOf(starting.entry.id);
  change(starting.entry.id, { ...NO_PROGRESS, ...(solved && { solved }), ...(cluster && { cluster }) });
  dropStart(starting.entry.id);
  await enter(starting, { options: clusterOptions(starting.lesson.en, starting.files) });
}

function dropStart(id: string): void {
  const { startedAt: _, ...rest } = progressOf(id);
  const { lessons } = useProgress.getState();
  useProgress.setState({ lessons: { ...lessons, [id]: rest } });
}

/** Opens the cluster of a lesson that was begun. */
export async function resumeLesson(engine: Engine, { entry }: Pick<Starting, 'entry'>): Promise<void> {
  await rememberHome(engine);
  const { cluster } = progressOf(entry.id);
  if (cluster) switchCluster(cluster.id);
}

/** Back to the learner's own. */
export async function leaveLesson(): Promise<void> {
  const { home } = useProgress.getState();
  if (home !== undefined) return switchCluster(home);
  const { keepCluster } = await import('../../cluster/kept.ts');
  switchCluster(await keepCluster('default', { options: { nodes: 3 } }));
}

/** Takes the last command back. Answers the line, or undefined when there is none. */
export async function undoLast(engine: Engine, starting: Starting): Promise<string | undefined> {
  const [recording, typed] = await Promise.all([engine.api.recording(), engine.api.typed()]);
  const recipe = withoutLast(recording, typed);
  if (!recipe) return undefined;
  const { undone } = progressOf(starting.entry.id);
  change(starting.entry.id, { undone: undone + 1, done: [] });
  await enter(starting, recipe);
  return typed.at(-1)?.line;
}

/** Clusters of lessons that were started over take no room for long. */
export async function removeObsolete(current: string): Promise<void> {
  const { obsolete } = useProgress.getState();
  const gone = obsolete.filter((id) => id !== current);
  if (gone.length === 0) return;
  const { forgetCluster } = await import('../../cluster/kept.ts');
  for (const id of gone) await forgetCluster(id);
  useProgress.setState({ obsolete: useProgress.getState().obsolete.filter((id) => !gone.includes(id)) });
}

/** Says what went wrong, in the corner. */
export const failed =
  (say: Say) =>
  (error: unknown): void =>
    notify({ tone: 'bad', title: say('lessons'), text: error instanceof Error ? error.message : String(error) });
