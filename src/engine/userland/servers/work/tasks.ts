/** What the three programs of the application agree on: texts to be counted, kept in Redis. */
import type { Process } from '#engine/os';
import { print } from '#engine/os';
import { slashDate } from '../../http-date.ts';
import type { RedisClient } from './redis-client.ts';

/** The list that the worker takes from. */
export const QUEUE = 'work:queue';
const SHOWN = 20;

export interface Task {
  readonly id: string;
  readonly text: string;
  readonly state: 'queued' | 'working' | 'done';
  readonly words?: string;
  readonly letters?: string;
  readonly worker?: string;
}

export const taskKey = (id: string): string => `work:task:${id}`;

export async function addTask(redis: RedisClient, text: string): Promise<Task> {
  const id = await redis.text(['INCR', 'work:last']);
  await redis.ask(['HSET', taskKey(id), 'text', text, 'state', 'queued']);
  await redis.ask(['LPUSH', QUEUE, id]);
  return { id, text, state: 'queued' };
}

/** The newest first. */
export async function listTasks(redis: RedisClient): Promise<readonly Task[]> {
  const last = Number(await redis.text(['GET', 'work:last'])) || 0;
  const tasks: Task[] = [];
  for (let id = last; id > Math.max(0, last - SHOWN); id--) {
    const fields = await redis.texts(['HGETALL', taskKey(String(id))]);
    const task: { [name: string]: string } = {};
    for (let i = 0; i + 1 < fields.length; i += 2) task[fields[i] as string] = fields[i + 1] as string;
    if (task.text !== undefined) tasks.push({ id: String(id), ...task } as unknown as Task);
  }
  return tasks;
}

export const log = (process: Process, text: string): Promise<void> =>
  print(process.stdout, `${slashDate(process.clock.now())} ${text}\n`);
