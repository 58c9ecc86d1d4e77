/** The only messages between the page and the engine. */
import type { ClusterOptions, Fault, PageAnswer, PageRequest, Recording, Replay } from '#engine/cluster';
import type { PacerState, Speed } from './pacer.ts';

export type { PageAnswer, PageRequest } from '#engine/cluster';
export type { PacerState, Speed } from './pacer.ts';
export { portHandler } from './port.ts';

/** How a command line ended. */
interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * What goes through a terminal's port. From the page: keystrokes as text, and sizes; a window that closes hangs up.
 * To the page: screen bytes, and at the end the shell's exit code.
 */
export type TerminalMessage = string | TerminalSize | { readonly hangup: true };
export type ScreenMessage = Uint8Array | { readonly exit: number };

/** What the engine worker answers, over Comlink. */
export interface EngineApi {
  /** Boots a cluster and keeps it in step with the wall clock; resolves when it is ready. */
  start(options: ClusterOptions): Promise<void>;
  /** Serves the cluster's API on the port, as its administrator: see `portHandler`. */
  connect(port: MessagePort): void;
  /** An interactive shell at the workstation on the port: see TerminalMessage and ScreenMessage. */
  openTerminal(size: TerminalSize, port: MessagePort): Promise<void>;
  /** Runs a command line at the workstation to its end. */
  run(line: string): Promise<CommandOutcome>;
  /** What a web browser at the workstation is answered. */
  fetch(request: PageRequest): Promise<PageAnswer>;
  /** Breaks something, or mends it. */
  submit(fault: Fault): Promise<void>;
  clock(): PacerState;
  setSpeed(speed: Speed): void;
  pause(): void;
  resume(): void;
  /** Runs the next instant at which anything happens, and stays paused. */
  step(): void;
  /** Options and inputs so far: with the build, all that replay needs. */
  recording(): Recording;
  /** Runs a recording, apart from the cluster on show, and answers with the digest of its trace. */
  replay(recording: Recording): Promise<Replay>;
}
