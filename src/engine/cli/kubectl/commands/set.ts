/**
 * kubectl set image, env, resources, selector, serviceaccount, subject.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/set
 * @fidelity full
 */
import { createTwoWayStrategicMergePatch, decodeObject } from '#engine/apimachinery';
import { dryRunOf, resultPrinter, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import type { FlagSpec } from '../cobra/flags.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, PRINT_FLAGS, SELECTOR_FLAG } from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoName, infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { at, equalJson, isObject, type Json, type JsonObject, withPath } from '../text/json.ts';
import { selectorObject } from '../text/selector.ts';
import { schemaOf } from './apply-patch.ts';
import { subjectsOf } from './create/rbac.ts';
import type { Setter } from './set-change.ts';
import { imageChange, resourcesChange } from './set-containers.ts';
import { ENV_FLAGS, envChange, envUsesPairs } from './set-env.ts';

const MISSING_RESOURCES = 'one or more resources must be specified as <resource> <name> or <resource>/<name>';

const withPairs = (args: readonly string[]) => {
  const first = args.findIndex((arg) => arg.includes('=') || arg.endsWith('-'));
  return first < 0 ? { resources: args, rest: [] } : { resources: args.slice(0, first), rest: args.slice(first) };
};

async function run(session: Session, setter: Setter): Promise<void> {
  const { flags, args } = session;
  const { resources, rest } = setter.split(args);
  setter.check?.(session, rest, resources);
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun);
  const local = flags.bool('local');
  const selection = await select(session, {
    args: resources,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.has('selector') ? flags.string('selector') : '',
    all: flags.has('all') && flags.bool('all'),
    local,
  });
  const errors = [...selection.errors];
  const change = await setter.change(rest, session);
  for (const info of selection.infos) {
    try {
      const before = local ? typed(info) : (info.object ?? {});
      const after = change(session, info, before);
      if (!after || (equalJson(before, after) && !local && !setter.always)) continue;
      print(
        local || dryRun === 'client' ? after : await patch(session, info, after, setter, writeQuery(session, dryRun)),
        setter.done,
      );
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

/** A file's object with what Go's struct adds: empty structs. */
function typed(info: Info): JsonObject {
  const schema = schemaOf(info);
  return (schema ? decodeObject(info.object, schema).object : info.object) as JsonObject;
}

async function patch(
  session: Session,
  info: Info,
  after: JsonObject,
  setter: Setter,
  query: { readonly [name: string]: string | undefined },
): Promise<JsonObject> {
  const schema = schemaOf(info);
  if (!schema) throw new CommandError(`no schema for ${infoName(info)}`);
  const body = createTwoWayStrategicMergePatch(info.object ?? {}, after, schema) as JsonObject;
  try {
    return (await session.rest().json('PATCH', infoUrl(info), {
      body,
      contentType: 'application/strategic-merge-patch+json',
      query,
    })) as JsonObject;
  } catch (error) {
    throw new CommandError(`${setter.failed} ${asError(error).message}`);
  }
}

const serviceAccount: Setter = {
  split: (args) => ({ resources: args.slice(0, -1), rest: args.slice(-1) }),
  check: (_, rest) => {
    if (rest.length === 0) throw new CommandError('serviceaccount is required');
  },
  change:
    ([name]) =>
    (_, __, object) => {
      const path = at(object, 'spec', 'template') === undefined ? ['spec'] : ['spec', 'template', 'spec'];
      const named = withPath(object, [...path, 'serviceAccountName'], name as string);
      return withPath(named, [...path, 'serviceAccount'], name as string);
    },
  always: true,
  done: 'serviceaccount updated',
  failed: 'failed to patch ServiceAccountName',
};

const selector: Setter = {
  split: (args) => ({ resources: args.slice(0, -1), rest: args.slice(-1) }),
  change: ([expression]) => {
    const labels = at(selectorObject(expression as string), 'matchLabels');
    return (_, info, object) => {
      if (info.resource.kind !== 'Service') throw new CommandError('setting a selector is only supported for Services');
      return withPath(object, ['spec', 'selector'], isObject(labels) ? labels : {});
    };
  },
  done: 'selector updated',
  failed: 'failed to patch selector',
};

const subject: Setter = {
  split: (args) => ({ resources: args, rest: [] }),
  check: (session) => {
    const { flags } = session;
    if (['user', 'group', 'serviceaccount'].every((flag) => flags.list(flag).length === 0))
      throw new CommandError('you must specify at least one value of user, group or serviceaccount');
    subjectsOf(session);
  },
  change: () => (session, info, object) => {
    if (!info.resource.kind.endsWith('RoleBinding'))
      throw new CommandError(`${infoName(info)} setting subjects is only supported for RoleBinding/ClusterRoleBinding`);
    const current = (at(object, 'subjects') ?? []) as readonly Json[];
    const added = subjectsOf(session).filter((one) => !current.some((other) => equalJson(one, other)));
    return added.length === 0 ? undefined : withPath(object, ['subjects'], [...current, ...added]);
  },
  done: 'subjects updated',
  failed: 'failed to patch subjects to rolebinding:',
};

const image: Setter = {
  split: withPairs,
  check: (session, rest, named) => {
    const problems: Error[] = [];
    if (named.length === 0 && session.flags.list('filename').length === 0)
      problems.push(new CommandError(MISSING_RESOURCES));
    if (rest.length === 0) problems.push(new CommandError('at least one image update is required'));
    else if (rest.length > 1 && rest.some((pair) => pair.startsWith('*='))) {
      problems.push(
        new CommandError(
          'all containers are already specified by *, but saw more than one container_name=container_image pairs',
        ),
      );
    }
    throwAll(problems);
  },
  change: imageChange,
  done: 'image updated',
  failed: 'failed to patch image update to pod template:',
};

const resources: Setter = {
  split: (args) => ({ resources: args, rest: [] }),
  check: ({ flags }) => {
    if (flags.string('limits') === '' && flags.string('requests') === '')
      throw new CommandError('you must specify an update to requests or limits (in the form of --requests/--limits)');
  },
  change: () => resourcesChange,
  done: 'resource requirements updated',
  failed: 'failed to patch resources update to pod template',
};

const env: Setter = {
  split: envUsesPairs,
  check: ({ flags }, _, named) => {
    if (named.length === 0 && flags.list('filename').length === 0) throw new CommandError(MISSING_RESOURCES);
    if (flags.bool('list') && flags.string('output') !== '')
      throw new CommandError('--list and --output may not be specified together');
    if (flags.list('keys').length > 0 && flags.string('from') === '')
      throw new CommandError('when specifying --keys, a configmap or secret must be provided with --from');
  },
  change: envChange,
  done: 'env updated',
  failed: 'failed to patch env update to pod template:',
};

const COMMON: readonly FlagSpec[] = [
  ...PRINT_FLAGS,
  ...FILE_FLAGS,
  SELECTOR_FLAG,
  DRY_RUN_FLAG,
  fieldManagerFlag('kubectl-set'),
  { name: 'all', kind: 'bool', usage: 'All of the given types.' },
  { name: 'local', kind: 'bool', usage: 'Change the file only, ask nothing of the server.' },
];

const CONTAINER: FlagSpec = {
  name: 'containers',
  short: 'c',
  kind: 'string',
  default: '*',
  usage: 'The containers to change; a * stands for any text.',
};

export const setCommand: Command = {
  name: 'set',
  group: 'Basic Commands (Beginner)',
  short: 'Set specific features on objects',
  subcommands: [
    {
      name: 'env',
      short: 'Update environment variables on a pod template',
      use: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
      flags: [...COMMON, CONTAINER, ...ENV_FLAGS],
      run: (session) => run(session, env),
    },
    {
      name: 'image',
      short: 'Update the image of a pod template',
      use: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
      flags: COMMON,
      run: (session) => run(session, image),
    },
    {
      name: 'resources',
      short: 'Update resource requests/limits on objects with pod templates',
      use: '(-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
      flags: [
        ...COMMON,
        CONTAINER,
        { name: 'limits', kind: 'string', usage: 'cpu=200m,memory=512Mi' },
        { name: 'requests', kind: 'string', usage: 'cpu=200m,memory=512Mi' },
      ],
      run: (session) => run(session, resources),
    },
    {
      name: 'selector',
      short: 'Set the selector on a resource',
      use: '(-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
      flags: [
        ...COMMON.filter((flag) => flag.name !== 'selector'),
        { name: 'resource-version', kind: 'string', usage: 'Only when the object has this version.' },
      ],
      run: (session) => run(session, selector),
    },
    {
      name: 'serviceaccount',
      aliases: ['sa'],
      short: 'Update the service account of a resource',
      use: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
      flags: COMMON.filter((flag) => flag.name !== 'selector'),
      run: (session) => run(session, serviceAccount),
    },
    {
      name: 'subject',
      short: 'Update the user, group, or service account in a role binding or cluster role binding',
      use: '(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
      flags: [
        ...COMMON,
        { name: 'user', kind: 'stringArray', usage: 'A user to bind to.' },
        { name: 'group', kind: 'stringArray', usage: 'A group to bind to.' },
        { name: 'serviceaccount', kind: 'stringArray', usage: 'A service account <namespace>:<name> to bind to.' },
      ],
      run: (session) => run(session, subject),
    },
  ],
};
