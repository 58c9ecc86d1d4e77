/** create deployment, job, cronjob. */
import type { Command } from '../../cobra/command.ts';
import { CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';
import { at, isObject, type JsonObject, text } from '../../text/json.ts';
import { generatorCommand } from './generate.ts';

/** What follows `--`. */
const commandOf = (session: Session): readonly string[] =>
  session.argsBeforeDash < 0 ? [] : session.args.slice(session.argsBeforeDash);

/** The container's name for an image: its last part without tag and digest, as far as it is a name. */
function imageName(image: string): string {
  const last = image.split('/').at(-1) as string;
  const bare = (last.split('@')[0] as string).split(':')[0] as string;
  return bare
    .replaceAll(/[^-a-z0-9]/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
}

function deploymentObject(session: Session, name: string): JsonObject {
  const { flags } = session;
  const images = flags.list('image');
  const command = commandOf(session);
  if (images.length > 1 && command.length > 0)
    throw new CommandError('cannot specify multiple --image options and command');
  const port = flags.int('port');
  const containers = images.map((image) => ({
    name: imageName(image),
    image,
    ...(command.length > 0 && { command }),
    ...(port >= 0 && { ports: [{ containerPort: port }] }),
    resources: {},
  }));
  const labels = { app: name };
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name, labels },
    spec: {
      replicas: flags.int('replicas'),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: containers.length > 0 ? containers : null } },
      strategy: {},
    },
    status: {},
  };
}

const deployment = generatorCommand({
  name: 'deployment',
  aliases: ['deploy'],
  short: 'Create a deployment with the specified name',
  use: 'NAME --image=image -- [COMMAND] [args...]',
  examples: `# A deployment that runs busybox
kubectl create deployment my-dep --image=busybox
# With a command
kubectl create deployment my-dep --image=busybox -- date
# Three pods of nginx
kubectl create deployment my-dep --image=nginx --replicas=3`,
  flags: [
    { name: 'image', kind: 'strings', usage: 'Images to run; one container each.', required: true },
    { name: 'port', kind: 'int32', default: '-1', usage: 'The port the containers expose.' },
    { name: 'replicas', short: 'r', kind: 'int32', default: '1', usage: 'How many pods.' },
  ],
  path: (ns) => `/apis/apps/v1/namespaces/${ns}/deployments`,
  namespaced: true,
  what: 'deployment',
  generate: deploymentObject,
});

const podTemplate = (session: Session, name: string, image: string, restart: string): JsonObject => {
  const command = commandOf(session);
  return {
    metadata: {},
    spec: {
      containers: [{ name, image, ...(command.length > 0 && { command }), resources: {} }],
      restartPolicy: restart,
    },
  };
};

async function jobFrom(session: Session, name: string, from: string): Promise<JsonObject> {
  const [type, source] = from.split('/') as [string, string | undefined];
  if (!source || !/^(cj|cronjobs?(\..*)?)$/.test(type)) throw new CommandError('from must be an existing cronjob');
  const { name: namespace } = session.namespace();
  const cron = (await session
    .rest()
    .json('GET', `/apis/batch/v1/namespaces/${namespace}/cronjobs/${source}`)) as JsonObject;
  const template = at(cron, 'spec', 'jobTemplate');
  const annotations = at(template, 'metadata', 'annotations');
  const labels = at(template, 'metadata', 'labels');
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      ...(isObject(labels) && { labels }),
      annotations: { ...(isObject(annotations) && annotations), 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: text(cron, 'metadata', 'name'),
          uid: text(cron, 'metadata', 'uid'),
          controller: true,
        },
      ],
    },
    spec: at(template, 'spec') ?? {},
    status: {},
  };
}

const job = generatorCommand({
  name: 'job',
  short: 'Create a job with the specified name',
  use: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  examples: `# A job
kubectl create job my-job --image=busybox -- date
# From a cron job
kubectl create job test-job --from=cronjob/a-cronjob`,
  flags: [
    { name: 'image', kind: 'string', usage: 'The image to run.' },
    { name: 'from', kind: 'string', usage: 'The cron job whose template to use.' },
  ],
  path: (ns) => `/apis/batch/v1/namespaces/${ns}/jobs`,
  namespaced: true,
  what: 'job',
  generate: (session, name) => {
    const image = session.flags.string('image');
    const from = session.flags.string('from');
    if ((image === '') === (from === '')) throw new CommandError('either --image or --from must be specified');
    if (from !== '') {
      if (commandOf(session).length > 0) throw new CommandError('cannot specify --from and command');
      return jobFrom(session, name, from);
    }
    return {
      kind: 'Job',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: { template: podTemplate(session, name, image, 'Never') },
      status: {},
    };
  },
});

const cronJob = generatorCommand({
  name: 'cronjob',
  aliases: ['cj'],
  short: 'Create a cron job with the specified name',
  use: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  examples: `# Every minute
kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *"`,
  flags: [
    { name: 'image', kind: 'string', usage: 'The image to run.', required: true },
    { name: 'schedule', kind: 'string', usage: 'When, in cron format.', required: true },
    { name: 'restart', kind: 'string', default: 'OnFailure', usage: 'The restart policy.' },
  ],
  path: (ns) => `/apis/batch/v1/namespaces/${ns}/cronjobs`,
  namespaced: true,
  what: 'cronjob',
  generate: (session, name) => {
    const { flags } = session;
    const template = podTemplate(session, name, flags.string('image'), flags.string('restart'));
    return {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name },
      spec: { schedule: flags.string('schedule'), jobTemplate: { metadata: { name }, spec: { template } } },
      status: {},
    };
  },
});

export const WORKLOAD_COMMANDS: readonly Command[] = [deployment, job, cronJob];
