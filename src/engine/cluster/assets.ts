/** Code that comes when it is first needed, brought by the host: components when their container starts, commands when they are executed. */
import type * as addons from '#engine/addons';
import type * as metricsserver from '#engine/addons/metrics-server';
import type * as cli from '#engine/cli';
import type { ApiServerAssets } from '#engine/control-plane/apiserver';
import type * as apiserver from '#engine/control-plane/apiserver/server';
import type * as controllers from '#engine/control-plane/controller-manager';
import type * as scheduler from '#engine/control-plane/scheduler';
import type * as proxy from '#engine/node/kube-proxy';
import type * as kubeletstats from '#engine/node/kubelet/stats';
import type { Program, ProgramTable } from '#engine/os';
import { print } from '#engine/os';
import { type Host, invariant, type Loop } from '#engine/sim';
import type * as programs from '#engine/userland/programs';

/** Asset names, and the module that each one is. A host's `load` answers with these. */
export interface Assets extends ApiServerAssets {
  readonly apiserver: typeof apiserver;
  readonly controllers: typeof controllers;
  readonly scheduler: typeof scheduler;
  readonly proxy: typeof proxy;
  readonly kubeletstats: typeof kubeletstats;
  readonly addons: typeof addons;
  readonly metricsserver: typeof metricsserver;
  readonly cli: typeof cli;
  readonly programs: typeof programs;
}

/** Asks the host for an asset, typed by its name. */
export type LoadAsset = <K extends keyof Assets>(asset: K) => Promise<Assets[K]>;

export const assetLoader =
  (loop: Loop): LoadAsset =>
  (asset) =>
    loop.load(asset);

/** Assets for whoever looks at the cluster from beside it. Rejects when the host brings none. */
export const loadBeside =
  ({ load }: Pick<Host, 'load'>): LoadAsset =>
  async <K extends keyof Assets>(asset: K) => {
    invariant(load, `${asset}: this host brings no assets`);
    return (await load(asset)) as Assets[K];
  };

const NOT_EXECUTABLE = 126;

/** What executables may name: programs at hand, command-line clients and images' programs that are loaded at their first execution. */
export function programTable(load: LoadAsset, atHand: ReadonlyMap<string, Program>): ProgramTable {
  const later = new Map<string, Program>();
  const find = async (name: string): Promise<Program | undefined> => {
    if (name === 'kubectl') return (await load('cli')).kubectl;
    return (await load('programs')).programs.get(name);
  };
  const lazily =
    (name: string): Program =>
    async (process) => {
      const program = await process.until(find(name));
      if (program) return program(process);
      await print(process.stderr, `${process.argv[0]}: Exec format error\n`);
      return NOT_EXECUTABLE;
    };
  return {
    get(name) {
      const program = atHand.get(name) ?? later.get(name) ?? lazily(name);
      if (!atHand.has(name)) later.set(name, program);
      return program;
    },
  };
}
