/** Who asked for it: writes as steps, each with the command line it came from and the fields it changed. */
import type { RequestTrace } from '#engine/cluster';
import type { TraceEvent } from '#engine/sim';
import type { Step, Subject } from './explanation.ts';
import { specChanges } from './field-changes.ts';
import type { Scene } from './scene.ts';

interface CommandTrace {
  readonly argv: readonly string[];
  readonly terminal?: string;
}

/** `kubectl/v1.36.2 (linux/amd64)` -> `kubectl`. */
export const programOf = (agent: string | undefined): string => agent?.split(/[/ ]/, 1)[0] ?? '';

/** `system:serviceaccount:kube-system:replicaset-controller` -> `replicaset-controller`, as people call it. */
export function whoOf({ user, agent }: Pick<RequestTrace, 'user' | 'agent'>): string {
  const account = /^system:serviceaccount:kube-system:(.+)$/.exec(user)?.[1];
  if (account) return account;
  const node = /^system:node:(.+)$/.exec(user)?.[1];
  if (node) return `kubelet ${node}`;
  return user.replace(/^system:/, '') || programOf(agent);
}

/** As a shell would take it again. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function commandStep(scene: Scene, session: string | undefined, subject: Subject): Step | undefined {
  const event = session === undefined ? undefined : scene.command(session);
  if (!event) return undefined;
  const { argv, terminal } = event.detail as CommandTrace;
  const number = /(\d+)$/.exec(terminal ?? '')?.[1];
  return {
    at: event.at,
    code: 'command',
    params: { line: argv.map(quoted).join(' '), ...(number !== undefined && { terminal: Number(number) }) },
    about: subject,
  };
}

const STATUS_ONLY = /\/(status|binding|log|exec|attach|portforward|eviction|token)$/;

interface Selection {
  /** Only what changed the object itself, not its status. */
  readonly spec: boolean;
  /** Leaves out writers whose part is told by other steps. */
  readonly without?: (request: RequestTrace) => boolean;
}

/** Writes to the object, with their commands. Refused ones are kept: they explain what did not happen. */
export function requestSteps(scene: Scene, subject: Subject, { spec, without }: Selection): readonly Step[] {
  const versions = new Map(
    scene.versions(subject.resource, subject).map((one, i, all) => [one.revision, { one, before: all[i - 1] }]),
  );
  const steps: Step[] = [];
  for (const event of scene.traces(subject)) {
    if (event.type !== 'apiserver.request') continue;
    const request = event.detail as RequestTrace;
    if (without?.(request)) continue;
    const step = requestStep(event, request, subject);
    if (request.code < 400 && request.verb !== 'delete' && request.verb !== 'create') {
      if (spec && STATUS_ONLY.test(request.resource ?? '')) continue;
      const version = versions.get(Number(request.version));
      const changes = version?.before ? specChanges(version.before.object, version.one.object) : [];
      if (version?.before && changes.length === 0) continue;
      push(steps, commandStep(scene, request.session, subject), { ...step, changes });
    } else push(steps, commandStep(scene, request.session, subject), step);
  }
  return steps;
}

/** A command that changed an object in several requests is told once. */
function push(steps: Step[], command: Step | undefined, step: Step): void {
  if (
    command &&
    !steps.some(
      ({ code, at, params }) => code === 'command' && at === command.at && params.line === command.params.line,
    )
  )
    steps.push(command);
  const last = steps.at(-1);
  // The same refusal again and again (a retry loop) is one step that counts.
  if (last && last.code === step.code && step.code === 'refused' && last.message === step.message) {
    steps[steps.length - 1] = { ...last, count: (last.count ?? 1) + 1, lastAt: step.at };
  } else steps.push(step);
}

function requestStep(event: TraceEvent, request: RequestTrace, subject: Subject): Step {
  const { verb, resource = '', code, agent, message } = request;
  return {
    at: event.at,
    code: code >= 400 ? 'refused' : verb === 'delete' ? 'deletion' : 'request',
    params: {
      verb,
      resource,
      name: subject.name,
      who: whoOf(request),
      program: programOf(agent),
      status: code,
    },
    about: subject,
    request: event.seq,
    ...(message !== undefined && { message }),
    ...(code >= 400 && { tone: 'bad' as const }),
  };
}
