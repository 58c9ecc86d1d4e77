/**
 * kubectl delete
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go
 * @fidelity full
 */
import { isNotFound } from '#engine/apimachinery';
import { type DryRun, dryRunOf } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { addSource, asError, CommandError, throwAll } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  OUTPUT_FLAG,
  SELECTOR_FLAG,
} from '../flag-sets.ts';
import { type Query, select } from '../resource/builder.ts';
import { type Info, infoLabel } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { type DeleteBody, deletedUid, deleteObject, waitForDeletion } from './delete-wait.ts';
import { rawRequest } from './raw.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.string('raw') !== '') return rawRequest(session, 'DELETE', flags.string('raw'));
  const dryRun = dryRunOf(session);
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  const gracePeriod = gracePeriodOf(session);
  const selection = await select(session, queryOf(session));
  const errors = selection.errors.filter((error) => !(ignores(session) && isNotFound(error)));
  if (flags.bool('interactive') && selection.infos.length > 0 && !(await confirmed(session, selection.infos))) {
    session.out('deletion is cancelled\n');
    return;
  }
  warnAboutScope(session, selection.infos);
  if (gracePeriod === 0 && flags.bool('force')) {
    session.warn(
      'Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.',
    );
  }
  const deleted = await deleteAll(session, selection.infos, dryRun, gracePeriod, errors);
  if (selection.infos.length === 0 && errors.length === 0) session.out('No resources found\n');
  if (errors.length === 0 && dryRun === 'none' && flags.bool('wait')) await waitForAll(session, deleted, errors);
  throwAll(errors);
  if (args.length === 0 && flags.list('filename').length === 0) await session.flush();
}

function gracePeriodOf(session: Session): number {
  const { flags } = session;
  const given = flags.int('grace-period');
  if (flags.bool('now')) {
    if (given !== -1) throw new CommandError('--now and --grace-period cannot be specified together');
    return 1;
  }
  if (given === 0 && !flags.bool('force')) {
    // Upstream keeps a Pod until the kubelet has let it go unless --force says otherwise.
    return 1;
  }
  if (given > 0 && flags.bool('force'))
    throw new CommandError('--force and --grace-period greater than 0 cannot be specified together');
  return flags.bool('force') && given < 0 ? 0 : given;
}

/** Selectors and --all skip what vanished meanwhile. */
const ignores = ({ flags }: Session): boolean =>
  flags.bool('ignore-not-found') || flags.bool('all') || flags.string('selector') !== '';

function queryOf(session: Session): Query {
  const { flags, args } = session;
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new CommandError('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.string('field-selector') !== '')
    throw new CommandError('cannot set --all and --field-selector at the same time');
  if (
    flags.bool('all-namespaces') &&
    args.length > 0 &&
    !flags.bool('all') &&
    flags.string('selector') === '' &&
    flags.string('field-selector') === ''
  ) {
    throw new CommandError('a resource cannot be retrieved by name across all namespaces');
  }
  return {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    kustomize: flags.string('kustomize'),
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
    fetch: false,
  };
}

function warnAboutScope(session: Session, infos: readonly Info[]): void {
  const { enforced } = session.namespace();
  const everywhere = session.flags.bool('all-namespaces');
  if (enforced && !everywhere && infos.some((info) => !info.resource.namespaced))
    session.warn('deleting cluster-scoped resources, not scoped to the provided namespace');
}

async function confirmed(session: Session, infos: readonly Info[]): Promise<boolean> {
  session.out(
    `You are about to delete the following ${infos.length} resource(s):\n${infos.map((info) => `${infoLabel(info)}\n`).join('')}Do you want to continue? (y/N): `,
  );
  await session.flush();
  return /^y(es)?$/i.test((await session.readStdin()).split('\n')[0]?.trim() ?? '');
}

const CASCADES: { readonly [value: string]: NonNullable<DeleteBody['propagationPolicy']> } = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

async function deleteAll(
  session: Session,
  infos: readonly Info[],
  dryRun: DryRun,
  gracePeriod: number,
  errors: Error[],
): Promise<readonly { info: Info; uid: string }[]> {
  const cascade = session.flags.string('cascade');
  const propagationPolicy = CASCADES[cascade];
  if (!propagationPolicy)
    throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  const options: DeleteBody = {
    propagationPolicy,
    ...(gracePeriod >= 0 && { gracePeriodSeconds: gracePeriod }),
    ...(dryRun === 'server' && { dryRun: ['All'] }),
  };
  const deleted: { info: Info; uid: string }[] = [];
  for (const info of infos) {
    try {
      const uid = dryRun === 'client' ? '' : deletedUid(await deleteObject(session, info, options));
      deleted.push({ info, uid });
      session.out(message(session, info, dryRun, gracePeriod));
    } catch (error) {
      if (!(ignores(session) && isNotFound(error))) errors.push(addSource('deleting', info.source, asError(error)));
    }
    await session.flush();
  }
  return deleted;
}

function message(session: Session, info: Info, dryRun: DryRun, gracePeriod: number): string {
  if (session.flags.string('output') === 'name') return `${infoLabel(info)}\n`;
  const kind = `${info.resource.kind.toLowerCase()}${info.resource.group ? `.${info.resource.group}` : ''}`;
  const verb = gracePeriod === 0 ? 'force deleted' : 'deleted';
  const where = info.namespace === '' ? '' : ` from ${info.namespace} namespace`;
  const suffix = dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
  return `${kind} ${JSON.stringify(info.name)} ${verb}${where}${suffix}\n`;
}

async function waitForAll(
  session: Session,
  deleted: readonly { info: Info; uid: string }[],
  errors: Error[],
): Promise<void> {
  const timeout = session.flags.duration('timeout') || WEEK_MS;
  for (const { info, uid } of deleted) {
    try {
      await waitForDeletion(session, info, uid, timeout);
    } catch (error) {
      errors.push(asError(error));
    }
  }
}

export const deleteCommand: Command = {
  name: 'delete',
  group: 'Basic Commands (Intermediate)',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: `Delete resources, given as files, by stdin, by type and name, or by type and label selector.

 Some resources, such as pods, end gracefully: they get time to shut down.`,
  examples: `# Delete what pod.json describes
kubectl delete -f ./pod.json
# Delete pods and services with these names
kubectl delete pod,service baz foo
# Delete pods and services with a label
kubectl delete pods,services -l name=myLabel
# Delete a pod without waiting for it
kubectl delete pod foo --force`,
  use: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  flags: [
    ...FILE_FLAGS,
    OUTPUT_FLAG,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    DRY_RUN_FLAG,
    { name: 'all', kind: 'bool', usage: 'All of the given types.' },
    {
      name: 'cascade',
      kind: 'string',
      default: 'background',
      noValue: 'background',
      usage: 'background, orphan or foreground: what happens to dependents.',
    },
    { name: 'force', kind: 'bool', usage: 'Remove from the API at once, without a graceful end.' },
    {
      name: 'grace-period',
      kind: 'int',
      default: '-1',
      usage: 'Seconds to end gracefully; -1 leaves it to the resource.',
    },
    { name: 'ignore-not-found', kind: 'bool', usage: 'What does not exist counts as deleted.' },
    { name: 'interactive', short: 'i', kind: 'bool', usage: 'Ask before deleting.' },
    { name: 'now', kind: 'bool', usage: 'Signal for immediate shutdown (one second of grace).' },
    { name: 'raw', kind: 'string', usage: 'A path to delete as it is.' },
    { name: 'timeout', kind: 'duration', usage: 'How long to wait; 0 leaves it to the size of the object.' },
    { name: 'wait', kind: 'bool', default: 'true', usage: 'Wait until the resources are gone.' },
  ],
  run,
};
