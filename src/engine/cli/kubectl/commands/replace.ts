/**
 * kubectl replace
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/replace/replace.go
 * @fidelity full
 */
import { isNotFound } from '#engine/apimachinery';
import { dryRunOf, fieldValidationOf, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { addSource, asError, CommandError, throwAll } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  FILE_FLAGS,
  fieldManagerFlag,
  PRINT_FLAGS,
  SAVE_CONFIG_FLAG,
  VALIDATE_FLAG,
} from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import { postObject } from '../resource/post.ts';
import type { Session } from '../session.ts';
import { type JsonObject, text, withPath } from '../text/json.ts';
import { deletedUid, deleteObject, waitForDeletion } from './delete-wait.ts';
import { rawRequest } from './raw.ts';
import { readIfExists } from './wait-until.ts';

async function run(session: Session): Promise<void> {
  const { flags } = session;
  const files = flags.list('filename');
  if (flags.string('raw') !== '') {
    if (files.length !== 1) throw new CommandError('--raw can only use a single local file or stdin');
    const body = files[0] === '-' ? await session.readStdin() : session.readText(files[0] as string);
    return rawRequest(session, 'PUT', flags.string('raw'), body);
  }
  const force = flags.bool('force');
  if (flags.int('grace-period') >= 0 && !force) throw new CommandError('--grace-period must have --force specified');
  if (flags.duration('timeout') !== 0 && !force) throw new CommandError('--timeout must have --force specified');
  if (files.length === 0 && flags.string('kustomize') === '') throw new CommandError('must specify one of -f and -k');
  const dryRun = dryRunOf(session);
  if (force && dryRun !== 'none') throw new CommandError('--dry-run can not be used when --force is set');
  const print = resultPrinter(session, dryRun);
  const validation = fieldValidationOf(session);
  const query = writeQuery(session, dryRun, validation);
  const selection = await select(session, {
    args: [],
    filenames: files,
    recursive: flags.bool('recursive'),
    kustomize: flags.string('kustomize'),
    fetch: false,
    validate: validation !== 'Ignore',
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      const object = flags.bool('save-config') ? withLastApplied(info.object ?? {}) : (info.object ?? {});
      if (dryRun === 'client') print(object, 'replaced');
      else
        print(
          force
            ? await forceReplace(session, { ...info, object }, query)
            : await replaceObject(session, { ...info, object }, query),
          'replaced',
        );
    } catch (error) {
      errors.push(force ? asError(error) : addSource('replacing', info.source, asError(error)));
    }
    await session.flush();
  }
  throwAll(errors);
  if (selection.infos.length === 0) throw new CommandError('no objects passed to replace');
}

type WriteParameters = { readonly [name: string]: string | undefined };

/** A file without a resourceVersion replaces whatever version there is. */
async function replaceObject(session: Session, info: Info, query: WriteParameters): Promise<JsonObject> {
  if (info.name === '') throw new CommandError('resource name may not be empty');
  const object = info.object ?? {};
  const subresource = session.flags.has('subresource') ? session.flags.string('subresource') : '';
  let body = object;
  if (text(object, 'metadata', 'resourceVersion') === '') {
    // What does not exist may still be created by a PUT: the server decides.
    const live = await readIfExists(session, infoUrl(info, subresource));
    if (live) body = withPath(object, ['metadata', 'resourceVersion'], text(live, 'metadata', 'resourceVersion'));
  }
  return (await session.rest().json('PUT', infoUrl(info, subresource), { body, query })) as JsonObject;
}

async function forceReplace(session: Session, info: Info, query: WriteParameters): Promise<JsonObject> {
  const grace = session.flags.int('grace-period');
  try {
    const answer = await deleteObject(session, info, { gracePeriodSeconds: grace < 0 ? 0 : grace === 0 ? 1 : grace });
    const kind = `${info.resource.kind.toLowerCase()}${info.resource.group ? `.${info.resource.group}` : ''}`;
    session.out(
      `${kind} ${JSON.stringify(info.name)} deleted${info.namespace ? ` from ${info.namespace} namespace` : ''}\n`,
    );
    await waitForDeletion(session, info, deletedUid(answer), session.flags.duration('timeout') || undefined);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return postObject(session, info, query);
}

export const replaceCommand: Command = {
  name: 'replace',
  group: 'Advanced Commands',
  short: 'Replace a resource by file name or stdin',
  examples: `# Replace a pod with what the file describes
kubectl replace -f ./pod.json
# Delete it and create it again
kubectl replace --force -f ./pod.json`,
  use: '-f FILENAME',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-replace'),
    {
      name: 'cascade',
      kind: 'string',
      default: 'background',
      noValue: 'background',
      usage: 'background, orphan or foreground: what happens to dependents.',
    },
    { name: 'force', kind: 'bool', usage: 'Delete, then create again.' },
    { name: 'grace-period', kind: 'int', default: '-1', usage: 'Seconds to end gracefully, with --force.' },
    { name: 'raw', kind: 'string', usage: 'A path to put the file to as it is.' },
    { name: 'subresource', kind: 'string', usage: 'The subresource to replace.' },
    { name: 'timeout', kind: 'duration', usage: 'How long to wait for the deletion.' },
    { name: 'wait', kind: 'bool', usage: 'Wait until what is deleted is gone.' },
  ],
  run,
};
