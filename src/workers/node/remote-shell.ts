/** The workstation alone, with a real API server behind it instead of a cluster of our own. */
import { createRemoteWorkstation, type Streams } from '#engine/cluster';
import { Pacer } from '../pacer.ts';
import { nodeHost, nodeTurn } from './host.ts';
import { httpClient } from './http-client.ts';

export async function remoteShell(
  server: string,
  token: string | undefined,
  line: string,
  streams: Streams,
): Promise<number> {
  const { loop, workstation } = await createRemoteWorkstation(nodeHost(), {
    server,
    token: token ?? '',
    transport: httpClient(server, false),
    start: new Date().toISOString(),
  });
  const stop = new AbortController();
  const pacing = new Pacer(loop, 1, nodeTurn).run(stop.signal);
  let code = 1;
  loop.post('command', () => {
    workstation
      .run(line, streams)
      .then((exit) => {
        code = exit;
        stop.abort();
      })
      .catch((error) => loop.fail(error));
  });
  await pacing;
  return code;
}
