/** What a benchmark costs the whole process, start-up included. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Figures {
  /** User and system time of the whole process. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMegabytes: number;
  /** The longest time the event loop was not free, ms. */
  readonly longestTaskMs: number;
  /** What the benchmark itself found worth saying. */
  readonly result: string;
}

export type Benchmark = () => Promise<string>;

export async function measure(run: Benchmark): Promise<Figures> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const result = await run();
  delay.disable();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    wallSeconds: process.uptime(),
    peakMegabytes: maxRSS / 1024,
    longestTaskMs: delay.max / 1e6,
    result,
  };
}
