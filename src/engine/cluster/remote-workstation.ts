/** The workstation without a cluster of ours: its kubectl talks to a real API server through a transport of the host. */
import { type Handler, type Net, NetError } from '#engine/http';
import { createKernel } from '#engine/os';
import { createRng, type Host, Loop, parseTime } from '#engine/sim';
import { createImageRegistry } from '#engine/userland';
import { assetLoader, programTable } from './assets.ts';
import { Editing } from './editing.ts';
import { BOOT_TIME } from './options.ts';
import { init, Workstation } from './workstation.ts';

export interface RemoteWorkstationOptions {
  readonly server: string;
  readonly token: string;
  /** Where every request of the workstation goes. */
  readonly transport: Handler;
  readonly start?: string;
}

export async function createRemoteWorkstation(
  host: Host,
  options: RemoteWorkstationOptions,
): Promise<{ readonly loop: Loop; readonly workstation: Workstation }> {
  const loop = new Loop(host, parseTime(options.start ?? BOOT_TIME) as number);
  const world = { clock: loop, rng: createRng(1), trace: loop };
  const net: Net = {
    addresses: [],
    listen: () => {
      throw new NetError('EADDRINUSE', 'the workstation of a real cluster cannot listen');
    },
    fetch: options.transport,
    lookup: async (name) => {
      throw new NetError('ENOTFOUND', `lookup ${name}: no such host`);
    },
  };
  const programs = programTable(
    assetLoader(loop),
    new Map([
      ['init', init],
      ['edit', new Editing().program],
    ]),
  );
  const image = await createImageRegistry().resolve('podarium.local/workstation:latest');
  const { server, token } = options;
  return {
    loop,
    workstation: new Workstation({
      world,
      kernel: createKernel(world, { programs }),
      net,
      image,
      tools: ['kubectl'],
      server,
      token,
    }),
  };
}
