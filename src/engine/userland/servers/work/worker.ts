/** podarium.local/work/worker: takes one task after the other from the queue and counts its words. */
import type { Program } from '#engine/os';
import { RedisClient, RedisFailure } from './redis-client.ts';
import { log, QUEUE, taskKey } from './tasks.ts';

const WAIT_S = 5;
const RETRY_MS = 1000;

/** How long a task takes is slow on purpose, so that a queue can be seen. */
const WORK_MS = 2000;

/**
 * The application's worker. REDIS_ADDR (redis:6379) and WORK_MS (2000) configure it. It has no port.
 * @fidelity full
 */
export const workWorker: Program = async (process) => {
  const redis = new RedisClient(process, process.env.get('REDIS_ADDR') ?? 'redis:6379');
  const workMs = Number(process.env.get('WORK_MS') ?? WORK_MS);
  let stopping = false;
  const stopped = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.onSignal(signal, () => {
        stopping = true;
        resolve(undefined);
      });
  });
  await log(process, `worker: waiting for work from ${redis.address}`);
  while (!stopping) {
    try {
      const taken = await Promise.race([redis.texts(['BRPOP', QUEUE, String(WAIT_S)], WAIT_S * 1000), stopped]);
      const id = taken?.[1];
      if (id === undefined) continue;
      const text = await redis.text(['HGET', taskKey(id), 'text']);
      await redis.ask(['HSET', taskKey(id), 'state', 'working', 'worker', process.hostname]);
      await process.compute(Math.min(50, workMs));
      await process.clock.sleep(workMs, 'worker: counting', process.killed);
      const words = text.split(/\s+/).filter((word) => word !== '').length;
      const letters = [...text].filter((letter) => /\p{L}/u.test(letter)).length;
      await redis.ask(['HSET', taskKey(id), 'state', 'done', 'words', String(words), 'letters', String(letters)]);
      await log(process, `worker: task ${id} done: ${words} words, ${letters} letters`);
    } catch (error) {
      if (!(error instanceof RedisFailure)) throw error;
      await log(process, `worker: ${error.message}; trying again in 1s`);
      await process.clock.sleep(RETRY_MS, 'worker: retry', process.killed);
    }
  }
  await log(process, 'worker: bye');
  return 0;
};
