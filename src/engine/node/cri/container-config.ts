/** What follows from a container's configuration and its image's. */
import type { ContainerConfig } from './types.ts';

/** argv of the first process: `command` replaces the entrypoint and drops the image's cmd, `args` replace the cmd. */
export function commandOf(
  config: Pick<ContainerConfig, 'command' | 'args'>,
  entrypoint: readonly string[] | undefined,
  cmd: readonly string[] | undefined,
): readonly string[] {
  const head = config.command?.length ? config.command : (entrypoint ?? []);
  const tail = config.args?.length ? config.args : config.command?.length ? [] : (cmd ?? []);
  return [...head, ...tail];
}

/** What its cgroup enforces. */
export const limitsOf = ({
  cpuLimitCores,
  memoryLimitBytes,
}: Pick<ContainerConfig, 'cpuLimitCores' | 'memoryLimitBytes'>): Pick<
  ContainerConfig,
  'cpuLimitCores' | 'memoryLimitBytes'
> => ({
  ...(cpuLimitCores !== undefined && { cpuLimitCores }),
  ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
});
