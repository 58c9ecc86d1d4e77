/**
 * kubectl run
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/run/run.go
 * @fidelity full
 */
import { normalizeReference } from '#engine/os';
import { type DryRun, dryRunOf, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError } from '../errors.ts';
import { DRY_RUN_FLAG, fieldManagerFlag, PRINT_FLAGS, SAVE_CONFIG_FLAG } from '../flag-sets.ts';
import type { Session } from '../session.ts';
import { isObject, type JsonObject } from '../text/json.ts';
import { withNamespace } from './create/generate.ts';
import { pairs } from './expose.ts';
import { applyOverrides, OVERRIDE_FLAGS, type OverrideType } from './overrides.ts';
import { attachToRun } from './run-attach.ts';

const RESTART = new Set(['Always', 'OnFailure', 'Never']);
const PULL = new Set(['', 'Always', 'IfNotPresent', 'Never']);

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  await session.mapper(1);
  if (args.length === 0 || session.argsBeforeDash === 0) throw session.usage('NAME is required for run');
  const image = flags.string('image');
  if (image === '') throw new CommandError('--image is required');
  checkImage(image);
  const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
  const dryRun = dryRunOf(session);
  validate(session, attach, dryRun);
  const print = resultPrinter(session, dryRun);
  const namespace = session.namespace();
  if (flags.bool('expose')) {
    const port = flags.string('port');
    if (port === '') throw session.usage('--port must be set when exposing a service');
    print(
      await send(session, 'services', serviceFor(session, args[0] as string), dryRun),
      'created',
      dryRun === 'client',
    );
    if (/^(yaml|json)/.test(flags.string('output'))) session.out('---\n');
  }
  const pod = podFor(session, args[0] as string);
  const overridden = applyOverrides(
    session,
    pod,
    { group: '', version: 'v1', kind: 'Pod' },
    flags.string('override-type') as OverrideType,
  );
  const created = await send(
    session,
    'pods',
    flags.bool('save-config') ? withLastApplied(overridden, true) : overridden,
    dryRun,
  );
  if (!attach || dryRun !== 'none') {
    print(created, 'created', dryRun === 'client');
    return;
  }
  await attachToRun(session, namespace.name, created);
}

function checkImage(image: string): void {
  try {
    normalizeReference(image);
  } catch (error) {
    throw new CommandError(
      `Invalid image name ${JSON.stringify(image)}: ${/invalid reference format/.test(asError(error).message) ? 'invalid reference format' : asError(error).message}`,
    );
  }
}

function validate(session: Session, attach: boolean, dryRun: DryRun): void {
  const { flags } = session;
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw session.usage('-i/--stdin is required for containers with -t/--tty=true');
  if (!RESTART.has(flags.string('restart'))) throw session.usage(`invalid restart policy: ${flags.string('restart')}`);
  if (flags.bool('rm') && !attach) throw session.usage('--rm should only be used for attached containers');
  if (attach && dryRun !== 'none')
    throw session.usage(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  if (!PULL.has(flags.string('image-pull-policy')))
    throw session.usage(`invalid image pull policy: ${flags.string('image-pull-policy')}`);
}

async function send(session: Session, resource: string, object: JsonObject, dryRun: DryRun): Promise<JsonObject> {
  const { name, enforced } = session.namespace();
  const placed = enforced ? withNamespace(object, name) : object;
  if (dryRun === 'client') return placed;
  return (await session.rest().json('POST', `/api/v1/namespaces/${name}/${resource}`, {
    body: placed,
    query: writeQuery(session, dryRun),
  })) as JsonObject;
}

function portNumber(session: Session): number | undefined {
  const text = session.flags.string('port');
  if (text === '') return undefined;
  if (!/^[-+]?\d+$/.test(text)) throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

const labelsOf = (session: Session, name: string): JsonObject => {
  const source = session.flags.string('labels');
  return source === '' ? { run: name } : pairs(source, 'label');
};

function podFor(session: Session, name: string): JsonObject {
  const { flags, args } = session;
  const rest = args.slice(1);
  const env = flags.list('env').map((pair) => {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw new CommandError(`invalid env: ${pair}`);
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  const port = portNumber(session);
  const stdin = flags.bool('stdin');
  const restart = flags.string('restart');
  const container: JsonObject = {
    name,
    image: flags.string('image'),
    ...(rest.length > 0 && (flags.bool('command') ? { command: rest } : { args: rest })),
    ...(port !== undefined && { ports: [{ containerPort: port }] }),
    ...(env.length > 0 && { env }),
    resources: {},
    ...(flags.string('image-pull-policy') && { imagePullPolicy: flags.string('image-pull-policy') }),
    ...(flags.bool('privileged') && { securityContext: { privileged: true } }),
    ...(stdin && { stdin: true }),
    ...(stdin && !flags.bool('leave-stdin-open') && restart !== 'Always' && { stdinOnce: true }),
    ...(flags.bool('tty') && { tty: true }),
  };
  const annotations = Object.fromEntries(
    flags.list('annotations').map((pair) => [pair.split('=')[0] as string, pair.slice(pair.indexOf('=') + 1)]),
  );
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels: labelsOf(session, name), ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: { containers: [container], restartPolicy: restart, dnsPolicy: 'ClusterFirst' },
    status: {},
  };
}

function serviceFor(session: Session, name: string): JsonObject {
  const port = portNumber(session) as number;
  const labels = labelsOf(session, name);
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name },
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: isObject(labels) ? labels : {} },
    status: { loadBalancer: {} },
  };
}

export const runCommand: Command = {
  name: 'run',
  group: 'Basic Commands (Beginner)',
  short: 'Run a particular image on the cluster',
  examples: `# A pod of nginx
kubectl run nginx --image=nginx
# With a port and a variable
kubectl run hazelcast --image=hazelcast/hazelcast --port=5701 --env="DNS_DOMAIN=cluster"
# A shell that goes when it ends
kubectl run -i -t --rm busybox --image=busybox --restart=Never`,
  use: 'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-run'),
    ...OVERRIDE_FLAGS,
    { name: 'annotations', kind: 'stringArray', usage: 'Annotations of the pod; may be repeated.' },
    { name: 'attach', kind: 'bool', usage: 'Wait for the pod and attach to it.' },
    { name: 'command', kind: 'bool', usage: 'What follows is the command instead of its arguments.' },
    { name: 'env', kind: 'stringArray', usage: 'Environment variables; may be repeated.' },
    { name: 'expose', kind: 'bool', usage: 'Make a service for the pod too.' },
    { name: 'image', kind: 'string', usage: 'The image to run.', required: true },
    { name: 'image-pull-policy', kind: 'string', usage: 'Always, IfNotPresent or Never.' },
    { name: 'labels', short: 'l', kind: 'string', usage: 'Labels of the pod.' },
    { name: 'leave-stdin-open', kind: 'bool', usage: 'Keep stdin open after the first attach.' },
    { name: 'pod-running-timeout', kind: 'duration', default: '1m0s', usage: 'How long to wait for the pod.' },
    { name: 'port', kind: 'string', usage: 'The port the container exposes.' },
    { name: 'privileged', kind: 'bool', usage: 'Run the container privileged.' },
    { name: 'quiet', short: 'q', kind: 'bool', usage: 'Print no prompt.' },
    { name: 'restart', kind: 'string', default: 'Always', usage: 'Always, OnFailure or Never.' },
    { name: 'rm', kind: 'bool', usage: 'Delete the pod after an attached run.' },
    { name: 'stdin', short: 'i', kind: 'bool', usage: 'Keep stdin open.' },
    { name: 'tty', short: 't', kind: 'bool', usage: 'Give the container a terminal.' },
  ],
  run,
};
