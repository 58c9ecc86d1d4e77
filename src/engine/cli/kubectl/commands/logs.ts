/**
 * kubectl logs
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/logs/logs.go
 * @fidelity full
 */
import type { Pod } from '#engine/api';
import type { Body } from '#engine/http';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError } from '../errors.ts';
import { SELECTOR_FLAG } from '../flag-sets.ts';
import type { Session } from '../session.ts';
import { parseDuration } from '../text/duration.ts';
import { allPodsFor, containerOf } from './pod-of.ts';

const DEFAULT_SELECTOR_TAIL = 10;
const encoder = new TextEncoder();

interface Stream {
  readonly pod: Pod;
  readonly container: string;
  readonly prefix: string;
}

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '')
    throw session.usage(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  if (args.length > 0 && selector !== '') throw session.usage('only a selector (-l) or a POD name is allowed');
  if (args.length > 2)
    throw session.usage(
      `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command`,
    );
  validate(session);
  const query = queryOf(session);
  const pods = await allPodsFor(session, args[0], selector);
  const streams = pods.flatMap((pod) => streamsOf(session, pod, args[1] ?? flags.string('container')));
  if (selector !== '' && pods.length === 0) {
    session.err(`No resources found in ${session.namespace().name} namespace.\n`);
    return;
  }
  if (flags.bool('follow') && streams.length > 1) {
    const most = flags.int('max-log-requests');
    if (streams.length > most)
      throw new CommandError(
        `you are attempting to follow ${streams.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
      );
    await Promise.all(streams.map((stream) => copy(session, stream, query)));
    return;
  }
  for (const stream of streams) await copy(session, stream, query);
}

function validate({ flags }: Session): void {
  if (flags.string('since-time') !== '' && flags.duration('since') !== 0)
    throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (flags.bool('all-containers') && flags.string('container') !== '')
    throw new CommandError('--all-containers=true should not be specified with container name');
  if (flags.int('tail') < -1) throw new CommandError('--tail must be greater than or equal to -1');
  if (flags.changed('limit-bytes') && flags.int('limit-bytes') < 1)
    throw new CommandError('--limit-bytes must be greater than 0');
}

function queryOf({ flags }: Session): { readonly [name: string]: string | number | boolean | undefined } {
  const tail =
    !flags.changed('tail') && flags.string('selector') !== '' && !flags.bool('follow')
      ? DEFAULT_SELECTOR_TAIL
      : flags.int('tail');
  const since = parseDuration(flags.string('since')) ?? 0;
  return {
    follow: flags.bool('follow') || undefined,
    previous: flags.bool('previous') || undefined,
    timestamps: flags.bool('timestamps') || undefined,
    tailLines: tail >= 0 ? tail : undefined,
    sinceSeconds: since > 0 ? Math.ceil(since / 1000) : undefined,
    sinceTime: flags.string('since-time') || undefined,
    limitBytes: flags.int('limit-bytes') > 0 ? flags.int('limit-bytes') : undefined,
  };
}

function streamsOf(session: Session, pod: Pod, named: string): readonly Stream[] {
  const { flags } = session;
  const prefixOf = (container: string) => (flags.bool('prefix') ? `[pod/${pod.metadata.name}/${container}] ` : '');
  if (flags.bool('all-containers')) {
    const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])];
    return all.map((container) => ({ pod, container: container.name, prefix: prefixOf(container.name) }));
  }
  const container = containerOf(session, pod, named, 'logs');
  return [{ pod, container, prefix: prefixOf(container) }];
}

async function copy(
  session: Session,
  stream: Stream,
  query: { readonly [name: string]: string | number | boolean | undefined },
): Promise<void> {
  const { name, namespace = '' } = stream.pod.metadata;
  const abort = new AbortController();
  session.process.killed.addEventListener('abort', () => abort.abort(), { once: true });
  try {
    const response = await session.rest().request('GET', `/api/v1/namespaces/${namespace}/pods/${name}/log`, {
      query: { container: stream.container, ...query },
      accept: '*/*',
      signal: abort.signal,
    });
    await writeBody(session, response.body, stream.prefix);
  } catch (error) {
    if (!session.flags.bool('ignore-errors')) throw error;
    session.err(`error: ${asError(error).message}\n`);
  }
}

async function writeBody(session: Session, body: Body | undefined, prefix: string): Promise<void> {
  const write = prefix === '' ? (bytes: Uint8Array) => session.writeBytes('stdout', bytes) : prefixed(session, prefix);
  if (body?.kind === 'stream' && body.framing === 'bytes') {
    for (let bytes = await body.frames.read(); bytes !== undefined; bytes = await body.frames.read())
      await write(bytes);
  } else if (body?.kind === 'text') await write(encoder.encode(body.text));
  else if (body?.kind === 'bytes') await write(body.bytes);
}

/** Puts the prefix before every line. */
function prefixed(session: Session, prefix: string): (bytes: Uint8Array) => Promise<void> {
  const decoder = new TextDecoder();
  let atStart = true;
  return (bytes) => {
    let out = '';
    for (const line of decoder.decode(bytes, { stream: true }).split(/(?<=\n)/)) {
      if (line === '') continue;
      out += (atStart ? prefix : '') + line;
      atStart = line.endsWith('\n');
    }
    return session.writeBytes('stdout', encoder.encode(out));
  };
}

export const logsCommand: Command = {
  name: 'logs',
  group: 'Troubleshooting and Debugging Commands',
  short: 'Print the logs for a container in a pod',
  examples: `# The logs of a pod with one container
kubectl logs nginx
# Of the container that ran before
kubectl logs -p -c ruby web-1
# As they come
kubectl logs -f -c ruby web-1
# The last twenty lines
kubectl logs --tail=20 nginx`,
  use: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  flags: [
    SELECTOR_FLAG,
    { name: 'all-containers', kind: 'bool', usage: 'All containers of the pod.' },
    { name: 'all-pods', kind: 'bool', usage: 'All pods of the object; with the prefix.' },
    { name: 'container', short: 'c', kind: 'string', usage: 'The container.' },
    { name: 'follow', short: 'f', kind: 'bool', usage: 'Go on as the log grows.' },
    { name: 'ignore-errors', kind: 'bool', usage: 'Go on after an error.' },
    { name: 'insecure-skip-tls-verify-backend', kind: 'bool', usage: "Do not check the kubelet's certificate." },
    { name: 'limit-bytes', kind: 'int64', usage: 'At most this many bytes.' },
    { name: 'max-log-requests', kind: 'int', default: '5', usage: 'How many logs to follow at once with a selector.' },
    { name: 'pod-running-timeout', kind: 'duration', default: '20s', usage: 'How long to wait for a pod.' },
    { name: 'prefix', kind: 'bool', usage: 'Put pod and container before each line.' },
    { name: 'previous', short: 'p', kind: 'bool', usage: 'The log of the container that ran before.' },
    { name: 'since', kind: 'duration', usage: 'Only what is newer than this.' },
    { name: 'since-time', kind: 'string', usage: 'Only what is newer than this time.' },
    { name: 'tail', kind: 'int64', default: '-1', usage: 'Only so many of the last lines.' },
    { name: 'timestamps', kind: 'bool', usage: 'Put the time before each line.' },
  ],
  run,
};
