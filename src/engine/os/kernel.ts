/** A host's kernel: runs Programs as processes in groups that share nothing but the machine. */
import type { Millis, World } from '#engine/sim';
import type { ProgramTable } from './executable.ts';
import { ProcessGroup, type ProcessGroupOptions } from './process-group.ts';

export interface KernelOptions {
  /** What executables may name. */
  readonly programs: ProgramTable;
  /** CPU time that starting a program costs. */
  readonly execCpuMs?: Millis;
}

export interface Kernel {
  /** One group per container, per sandbox, or for a whole machine's own processes. */
  createGroup(options: ProcessGroupOptions): ProcessGroup;
}

/** @fidelity partial: processes, signals, pipes, terminals and limits as programs see them; no threads, no shared memory, no system calls */
export function createKernel(world: World, options: KernelOptions): Kernel {
  const parts = { world, programs: options.programs, execCpuMs: options.execCpuMs ?? 1 };
  return { createGroup: (group) => new ProcessGroup(parts, group) };
}
