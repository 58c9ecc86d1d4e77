/**
 * kubectl create -f, and the table of its generators.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/create/create.go
 * @fidelity partial: no kustomize
 */
import { dryRunOf, fieldValidationOf, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { addSource, asError, CommandError, throwAll } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  FILE_FLAGS,
  fieldManagerFlag,
  PRINT_FLAGS,
  SAVE_CONFIG_FLAG,
  SELECTOR_FLAG,
  VALIDATE_FLAG,
} from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import { postObject } from '../resource/post.ts';
import type { Session } from '../session.ts';
import { CREATE_COMMANDS } from './create/table.ts';
import { editNewObjects } from './edit.ts';
import { rawRequest } from './raw.ts';

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.list('filename').length === 0 && flags.string('kustomize') === '') {
    if (args.length > 0) throw session.usage(`Unexpected args: [${args.join(' ')}]`);
    throw new CommandError('must specify one of -f and -k');
  }
  if (args.length > 0) throw session.usage(`Unexpected args: [${args.join(' ')}]`);
  if (flags.string('raw') !== '') return createRaw(session);
  if (flags.bool('edit')) return editNewObjects(session);
  await createFiles(session);
}

async function createRaw(session: Session): Promise<void> {
  const [path] = session.flags.list('filename') as [string];
  const body = path === '-' ? await session.readStdin() : session.readText(path);
  await rawRequest(session, 'POST', session.flags.string('raw'), body);
}

async function createFiles(session: Session): Promise<void> {
  const { flags } = session;
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun);
  const validation = fieldValidationOf(session);
  const selection = await select(session, {
    args: [],
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    kustomize: flags.string('kustomize'),
    fetch: false,
    validate: validation !== 'Ignore',
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      const object = flags.bool('save-config') ? withLastApplied(info.object ?? {}) : (info.object ?? {});
      const created =
        dryRun === 'client'
          ? object
          : await postObject(session, { ...info, object }, writeQuery(session, dryRun, validation));
      print(created, 'created');
    } catch (error) {
      errors.push(addSource('creating', info.source, asError(error)));
    }
    await session.flush();
  }
  throwAll(errors);
  if (selection.infos.length === 0) throw new CommandError('no objects passed to create');
}

export const createCommand: Command = {
  name: 'create',
  group: 'Basic Commands (Beginner)',
  short: 'Create a resource from a file or from stdin',
  long: `Create resources from files or stdin, in JSON or YAML.`,
  examples: `# Create what pod.json describes
kubectl create -f ./pod.json
# Create what comes on stdin
cat pod.json | kubectl create -f -`,
  use: '-f FILENAME',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-create'),
    { name: 'edit', kind: 'bool', usage: 'Edit the resources before they are created.' },
    { name: 'raw', kind: 'string', usage: 'A path to post the file to as it is.' },
    { name: 'windows-line-endings', kind: 'bool', usage: 'Line ends of the editor are those of Windows.' },
  ],
  subcommands: CREATE_COMMANDS,
  run,
};
