/** The headers by which a server can tell the requests of one run of kubectl from those of another. @upstream staging/src/k8s.io/cli-runtime/pkg/genericclioptions/command_headers.go */
import type { Process } from '#engine/os';
import { randomUuid } from '#engine/sim';
import type { CommandPath } from './cobra/command.ts';
import { pathName } from './cobra/command.ts';

/** `kubectl.command`: a run of kubectl has begun. */
interface CommandTrace {
  /** The `Kubectl-Session` of its requests. */
  readonly session: string;
  readonly argv: readonly string[];
  /** The terminal it was typed in, when it was typed in one. */
  readonly terminal?: string;
}

/** `Kubectl-Command` and `Kubectl-Session`; the run is told to the trace by the same session. */
export function commandHeaders(process: Process, path: CommandPath): { readonly [name: string]: string } {
  const session = randomUuid(process.rng.fork('kubectl-session'));
  const terminal = process.env.get('TERM_SESSION_ID');
  const trace: CommandTrace = { session, argv: process.argv, ...(terminal !== undefined && { terminal }) };
  process.trace.emit('kubectl.command', trace);
  return { 'kubectl-command': pathName(path), 'kubectl-session': session };
}
