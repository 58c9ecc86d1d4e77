/** The programs of Redis' image, under the names that executables carry. */
import type { Program } from '#engine/os';
import { redisBenchmark, redisCli } from './redis-cli.ts';
import { redisServer } from './redis-server.ts';

export const redisPrograms: ReadonlyMap<string, Program> = new Map([
  ['redis-server', redisServer],
  ['redis-cli', redisCli],
  ['redis-benchmark', redisBenchmark],
]);
