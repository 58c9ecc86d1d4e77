/** A command line at a workstation that has no cluster of ours: what its kubectl asks goes out on a port. */
import { createRemoteWorkstation } from '#engine/cluster';
import { Pipe } from '#engine/http';
import { loadAsset } from './assets.ts';
import { Pacer } from './pacer.ts';
import { portHandler } from './port.ts';
import type { CommandOutcome } from './protocol.ts';
import { createSettle } from './settle.ts';
import { collect } from './terminals.ts';

/** Any name will do: the far end of the port knows where the API is. */
const SERVER = 'http://kubernetes.invalid';

/** See EngineApi.runRemote. */
export async function runRemote(line: string, port: MessagePort): Promise<CommandOutcome> {
  const settle = createSettle();
  const { loop, workstation } = await createRemoteWorkstation(
    { settle, load: loadAsset, trace: () => {} },
    { server: SERVER, token: '', transport: portHandler(port), start: new Date().toISOString() },
  );
  const [stdout, stderr] = [new Pipe<Uint8Array>(), new Pipe<Uint8Array>()];
  const printed = Promise.all([collect(stdout), collect(stderr)]);
  const stop = new AbortController();
  const turn = (ms: number) => (ms > 0 ? new Promise<void>((resolve) => setTimeout(resolve, ms)) : settle());
  let code = 1;
  loop.post('command', () => {
    workstation.run(line, { stdout, stderr }).then(
      (exit) => {
        code = exit;
        stop.abort();
      },
      (error: unknown) => loop.fail(error),
    );
  });
  try {
    await new Pacer(loop, 1, turn).run(stop.signal);
  } finally {
    stdout.close();
    stderr.close();
    port.close();
  }
  const [out, err] = await printed;
  return { code, stdout: out, stderr: err };
}
