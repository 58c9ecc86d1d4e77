/** For the browser's console, and for tests: `await podarium.run('kubectl get pods')`. */
import type { Engine } from './cluster/index.ts';

/** A command line at the workstation, to its end. */
export function offerConsole({ api, ready }: Engine): void {
  const run = async (line: string) => {
    await ready;
    return api.run(line);
  };
  Object.assign(window, { podarium: { run } });
}
