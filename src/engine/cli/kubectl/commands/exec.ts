/**
 * kubectl exec and kubectl attach.
 * @fidelity partial: no redraw of the screen after a second attach
 */
import type { Pod } from '#engine/api';
import type { Command } from '../cobra/command.ts';
import { CommandError } from '../errors.ts';
import { FILE_FLAGS } from '../flag-sets.ts';
import type { Session } from '../session.ts';
import { containerOf, podFor } from './pod-of.ts';
import { stream } from './streams.ts';

/** Asking for a terminal without having one is told, and let pass. */
function wantsTty(session: Session): boolean {
  if (!session.flags.bool('tty')) return false;
  if (session.process.terminal) return true;
  session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return false;
}

async function exec(session: Session): Promise<void> {
  const { flags, args, argsBeforeDash } = session;
  const before = argsBeforeDash < 0 ? args : args.slice(0, argsBeforeDash);
  const command = argsBeforeDash < 0 ? args.slice(1) : args.slice(argsBeforeDash);
  const [target] = before;
  if (target === undefined && flags.list('filename').length === 0)
    throw new CommandError('pod, type/name or --filename must be specified');
  if (command.length === 0) throw new CommandError('you must specify at least one command for the container');
  if (argsBeforeDash < 0 && command.length > 0)
    throw new CommandError(
      `exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples`,
    );
  const pod = await podFor(session, target as string);
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
    throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`);
  }
  const container = containerOf(session, pod, flags.string('container'), 'exec');
  const tty = wantsTty(session);
  await stream(session, {
    path: `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/exec`,
    query: [
      ...command.map((word) => ['command', word] as const),
      ['container', container],
      ...(flags.bool('stdin') ? [['stdin', 'true'] as const] : []),
      ['stdout', 'true'],
      ...(tty ? [['tty', 'true'] as const] : [['stderr', 'true'] as const]),
    ],
    stdin: flags.bool('stdin'),
    tty,
  });
}

async function attach(session: Session): Promise<void> {
  const { flags, args } = session;
  const [target] = args;
  if (target === undefined) throw session.usage('at least 1 argument is required for attach');
  if (args.length > 2)
    throw session.usage(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: ${args.join(' ')}`,
    );
  const pod = await podFor(session, args.length === 2 ? args.join('/') : target);
  const container = containerOf(session, pod, flags.string('container'), 'attach');
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
    throw new CommandError(`cannot attach a container in a completed pod; current phase is ${pod.status.phase}`);
  }
  await attachContainer(session, pod, container, flags.bool('stdin'));
}

const NOTICE = `All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.
If you don't see a command prompt, try pressing enter.
`;

/** The container decides whether there is a terminal; ours is used if we have one. */
export async function attachContainer(session: Session, pod: Pod, container: string, stdin: boolean): Promise<void> {
  const { flags } = session;
  const quiet = flags.bool('quiet');
  const { name } = pod.metadata;
  const namespace = pod.metadata.namespace ?? '';
  const spec = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((one) => one.name === container);
  const allocated = spec?.tty === true;
  if (flags.bool('tty') && !allocated && !quiet)
    session.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
  const raw = allocated && stdin && session.process.terminal !== undefined;
  if (allocated && stdin && !raw && !quiet)
    session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  if (!quiet) session.err(NOTICE);
  await stream(session, {
    path: `/api/v1/namespaces/${namespace}/pods/${name}/attach`,
    query: [
      ['container', container],
      ...(stdin ? [['stdin', 'true'] as const] : []),
      ['stdout', 'true'],
      ...(raw ? [['tty', 'true'] as const] : [['stderr', 'true'] as const]),
    ],
    stdin,
    tty: raw,
  });
  if (!quiet && raw && pod.spec.restartPolicy === 'Always')
    session.out(`Session ended, resume using 'kubectl attach ${name} -c ${container} -n ${namespace} -i -t' command\n`);
}

const FLAGS = [
  { name: 'container', short: 'c', kind: 'string', usage: 'The container.' },
  { name: 'pod-running-timeout', kind: 'duration', default: '1m0s', usage: 'How long to wait for a pod.' },
  { name: 'quiet', short: 'q', kind: 'bool', usage: 'Print only what the container prints.' },
  { name: 'stdin', short: 'i', kind: 'bool', usage: 'Pass stdin to the container.' },
  { name: 'tty', short: 't', kind: 'bool', usage: 'stdin is a terminal.' },
] as const;

export const execCommand: Command = {
  name: 'exec',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Execute a command in a container',
  examples: `# One command
kubectl exec mypod -- date
# A shell in a terminal
kubectl exec mypod -c ruby-container -i -t -- bash -il`,
  use: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  flags: [...FLAGS, ...FILE_FLAGS],
  run: exec,
};

export const attachCommand: Command = {
  name: 'attach',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Attach to a running container',
  examples: `# See what it prints
kubectl attach mypod
# Its terminal
kubectl attach mypod -c ruby-container -i -t`,
  use: '(POD | TYPE/NAME) -c CONTAINER',
  flags: FLAGS,
  run: attach,
};
