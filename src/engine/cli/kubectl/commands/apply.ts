/**
 * kubectl apply
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go
 * @fidelity partial: no prune, no kustomize, no apply sets
 */
import { isNotFound, StatusError } from '#engine/apimachinery';
import { dryRunOf, fieldValidationOf, LAST_APPLIED, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { addSource, asError, CommandError, throwAll } from '../errors.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, PRINT_FLAGS, SELECTOR_FLAG, VALIDATE_FLAG } from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import { postObject } from '../resource/post.ts';
import type { Session } from '../session.ts';
import { at, isObject, type JsonObject, text } from '../text/json.ts';
import { describeInfo } from './apply-info.ts';
import { APPLY_SUBCOMMANDS } from './apply-last-applied.ts';
import { computePatch, sendPatch } from './apply-patch.ts';
import { applyServerSide } from './apply-server-side.ts';
import type { Applying } from './applying.ts';
import { deleteAndWait } from './delete-wait.ts';

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  validate(session);
  const dryRun = dryRunOf(session);
  if (flags.bool('server-side') && dryRun === 'client') {
    throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  if (flags.list('filename').length > 0 && flags.string('kustomize') !== '')
    throw new CommandError('only one of -f or -k can be specified');
  if (flags.list('filename').length === 0 && flags.string('kustomize') === '') {
    if (args.length > 0) throw session.usage(`Unexpected args: [${args.join(' ')}]`);
    throw new CommandError('must specify one of -f and -k');
  }
  if (args.length > 0) throw session.usage(`Unexpected args: [${args.join(' ')}]`);
  const applying: Applying = {
    session,
    dryRun,
    validation: fieldValidationOf(session),
    print: resultPrinter(session, dryRun),
  };
  await applyAll(applying);
}

function validate({ flags }: Session): void {
  const serverSide = flags.bool('server-side');
  if (flags.bool('force-conflicts') && !serverSide)
    throw new CommandError('--force-conflicts only works with --server-side');
  if (flags.bool('force') && serverSide) throw new CommandError('--force cannot be used with --server-side');
  if (flags.bool('prune')) {
    if (!flags.bool('all') && flags.string('selector') === '')
      throw new CommandError(
        'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
      );
    throw new CommandError('--prune is not supported yet');
  }
  if (flags.string('applyset') !== '')
    throw new CommandError('--applyset is only supported with --prune, which is not supported yet');
}

async function applyAll(applying: Applying): Promise<void> {
  const { session } = applying;
  const { flags } = session;
  const selection = await select(session, {
    args: [],
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    kustomize: flags.string('kustomize'),
    fetch: false,
    validate: applying.validation !== 'Ignore',
  });
  const errors = [...selection.errors];
  if (selection.infos.length === 0 && errors.length === 0) throw new CommandError('no objects passed to apply');
  for (const info of selection.infos) {
    try {
      if (flags.bool('server-side')) await applyServerSide(applying, info);
      else await applyClientSide(applying, info);
    } catch (error) {
      errors.push(asError(error));
    }
    await session.flush();
  }
  throwAll(errors);
}

async function applyClientSide(applying: Applying, info: Info): Promise<void> {
  const { session, dryRun, print } = applying;
  const object = info.object ?? {};
  if (info.name === '' && text(object, 'metadata', 'generateName') !== '') {
    throw new CommandError(`from ${text(object, 'metadata', 'generateName')}: cannot use generate name with apply`);
  }
  const modified = withLastApplied(object);
  const current = await readCurrent(session, info);
  if (!current) {
    const created = dryRun === 'client' ? modified : await create(applying, { ...info, object: modified });
    print(created, 'created');
    return;
  }
  if (text(current, 'metadata', 'deletionTimestamp') !== '') {
    session.warn(`Detected changes to resource ${info.name} which is currently being deleted.`);
  }
  if (at(current, 'metadata', 'annotations', LAST_APPLIED) === undefined) {
    session.warn(
      `resource ${info.resource.name}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
    );
  }
  const patch = computePatch(session, info, modified, current);
  if (Object.keys(patch.value).length === 0)
    return print(dryRun === 'client' ? patch.patched(current) : current, 'unchanged');
  const patched =
    dryRun === 'client' ? patch.patched(current) : await patchOrReplace(applying, info, modified, current);
  print(patched, 'configured');
}

async function readCurrent(session: Session, info: Info): Promise<JsonObject | undefined> {
  try {
    if (info.name === '') throw new CommandError('resource name may not be empty');
    return (await session.rest().json('GET', infoUrl(info))) as JsonObject;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw addSource(
      `retrieving current configuration of:\n${describeInfo(info)}\nfrom server for:`,
      info.source,
      asError(error),
    );
  }
}

async function create(applying: Applying, info: Info): Promise<JsonObject> {
  const { session, dryRun, validation } = applying;
  try {
    return await postObject(session, info, {
      ...writeQuery(session, dryRun, validation),
      fieldManager: clientManager(session),
    });
  } catch (error) {
    throw addSource('creating', info.source, asError(error));
  }
}

const clientManager = (session: Session): string =>
  session.flags.changed('field-manager') ? session.flags.string('field-manager') : 'kubectl-client-side-apply';

async function patchOrReplace(
  applying: Applying,
  info: Info,
  modified: JsonObject,
  current: JsonObject,
): Promise<JsonObject> {
  const { session, dryRun, validation } = applying;
  const query = { ...writeQuery(session, dryRun, validation), fieldManager: clientManager(session) };
  try {
    return await sendPatch(session, info, modified, current, query);
  } catch (error) {
    const failure = asError(error);
    const refused = failure instanceof StatusError && (failure.reason === 'Invalid' || failure.reason === 'Conflict');
    if (!session.flags.bool('force') || !refused) throw failure;
    await deleteAndWait(session, info, { gracePeriodSeconds: Math.max(0, session.flags.int('grace-period')) });
    const spec: Info = { ...info, object: isObject(info.object) ? modified : {} };
    return postObject(session, spec, query);
  }
}

export const applyCommand: Command = {
  name: 'apply',
  group: 'Advanced Commands',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: `Bring resources to the state that files or stdin describe; what does not exist is created. JSON and YAML are accepted.`,
  examples: `# Apply what pod.json describes
kubectl apply -f ./pod.json
# Apply what comes on stdin
cat pod.json | kubectl apply -f -`,
  use: '(-f FILENAME | -k DIRECTORY)',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl'),
    { name: 'all', kind: 'bool', usage: 'Select all resources of the types that are pruned.' },
    { name: 'applyset', kind: 'string', usage: 'The set that tracks what was applied; not supported.' },
    {
      name: 'cascade',
      kind: 'string',
      default: 'background',
      noValue: 'background',
      usage: 'How dependents go when something is pruned.',
    },
    { name: 'force', kind: 'bool', usage: 'Delete and create again what cannot be changed.' },
    { name: 'force-conflicts', kind: 'bool', usage: 'With --server-side: take over fields of other managers.' },
    { name: 'grace-period', kind: 'int', default: '-1', usage: 'Seconds given to what --force deletes.' },
    { name: 'openapi-patch', kind: 'bool', default: 'true', usage: 'Use the schema to compute differences.' },
    { name: 'overwrite', kind: 'bool', default: 'true', usage: 'Resolve conflicts in favour of the files.' },
    { name: 'prune', kind: 'bool', usage: 'Delete what is no longer in the files; not supported.' },
    { name: 'prune-allowlist', kind: 'stringArray', usage: 'Kinds that may be pruned.' },
    { name: 'server-side', kind: 'bool', usage: 'The server merges, and tracks who owns which field.' },
    { name: 'subresource', kind: 'string', usage: 'With --server-side: the subresource to apply to.' },
    { name: 'timeout', kind: 'duration', usage: 'How long to wait for deletions.' },
    { name: 'wait', kind: 'bool', usage: 'Wait until what is deleted is gone.' },
  ],
  subcommands: APPLY_SUBCOMMANDS,
  run,
};
