/** The only messages between the page and the engine. */
import type { ClusterOptions, Recording, Replay } from '#engine/cluster';

export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the engine worker answers, over Comlink. */
export interface EngineApi {
  /** Boots a cluster and keeps it in step with the wall clock; resolves when it is ready. */
  start(options: ClusterOptions): Promise<void>;
  /** Runs a command line at the workstation to its end. */
  run(line: string): Promise<CommandOutcome>;
  /** Runs a recording, apart from the cluster on show, and answers with the digest of its trace. */
  replay(recording: Recording): Promise<Replay>;
}
