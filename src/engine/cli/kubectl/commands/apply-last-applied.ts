/** apply view-last-applied, set-last-applied, edit-last-applied. */
import { dryRunOf, LAST_APPLIED, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { CommandError, throwAll } from '../errors.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAG, PRINT_FLAGS, SELECTOR_FLAG } from '../flag-sets.ts';
import { unknownFormat } from '../print/output.ts';
import { select } from '../resource/builder.ts';
import { fetchObject } from '../resource/fetch.ts';
import { infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { type Json, type JsonObject, marshalIndent, sortKeys, text } from '../text/json.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { editLastApplied } from './edit.ts';

async function view(session: Session): Promise<void> {
  const { flags, args } = session;
  const format = flags.string('output') || 'yaml';
  if (format !== 'yaml' && format !== 'json') throw unknownFormat(format, ['json', 'yaml']);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    labelSelector: flags.string('selector'),
    all: flags.bool('all'),
  });
  throwAll(selection.errors);
  for (const info of selection.infos) {
    const annotation = text(info.object, 'metadata', 'annotations', LAST_APPLIED);
    if (annotation === '')
      throw new CommandError(`no last-applied-configuration annotation found on resource: ${info.name}\n`);
    const value = sortKeys(stripEmptyAnnotations(JSON.parse(annotation) as JsonObject));
    session.out(format === 'json' ? `${marshalIndent(value, '  ')}\n` : toYaml(value));
  }
}

/** The printed form leaves out the empty annotations that apply puts in. */
function stripEmptyAnnotations(object: JsonObject): Json {
  const metadata = object.metadata as JsonObject | undefined;
  const annotations = metadata?.annotations as JsonObject | undefined;
  if (!metadata || !annotations || Object.keys(annotations).length > 0) return object;
  const { annotations: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

async function set(session: Session): Promise<void> {
  const { flags } = session;
  if (flags.list('filename').length === 0) throw new CommandError('must specify one of -f and -k');
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun);
  const selection = await select(session, { args: [], filenames: flags.list('filename'), fetch: false });
  throwAll(selection.errors);
  for (const info of selection.infos) {
    const current = (await fetchObject(session, info)).object as JsonObject;
    const existing = text(current, 'metadata', 'annotations', LAST_APPLIED);
    if (existing === '' && !flags.bool('create-annotation')) {
      throw new CommandError(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    const wanted = text(withLastApplied(info.object ?? {}), 'metadata', 'annotations', LAST_APPLIED);
    if (wanted === existing) {
      session.out(`set-last-applied ${info.name}: no changes required.\n`);
      continue;
    }
    const body = { metadata: { annotations: { [LAST_APPLIED]: wanted } } };
    const patched =
      dryRun === 'client'
        ? current
        : ((await session.rest().json('PATCH', infoUrl(info), {
            body,
            contentType: 'application/merge-patch+json',
            query: writeQuery(session, dryRun),
          })) as JsonObject);
    print(patched, 'configured');
  }
}

export const APPLY_SUBCOMMANDS: readonly Command[] = [
  {
    name: 'edit-last-applied',
    short: 'Edit latest last-applied-configuration annotations of a resource/object',
    use: '(RESOURCE/NAME | -f FILENAME)',
    flags: [
      ...PRINT_FLAGS,
      ...FILE_FLAGS,
      fieldManagerFlag('kubectl-client-side-apply'),
      { name: 'windows-line-endings', kind: 'bool', usage: 'Line ends of the editor are those of Windows.' },
    ],
    run: editLastApplied,
  },
  {
    name: 'set-last-applied',
    short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
    use: '-f FILENAME',
    flags: [
      ...PRINT_FLAGS,
      ...FILE_FLAGS,
      DRY_RUN_FLAG,
      { name: 'create-annotation', kind: 'bool', usage: 'Create the annotation when there is none.' },
    ],
    run: set,
  },
  {
    name: 'view-last-applied',
    short: 'View the latest last-applied-configuration annotations of a resource/object',
    use: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
    flags: [OUTPUT_FLAG, ...FILE_FLAGS, SELECTOR_FLAG, { name: 'all', kind: 'bool', usage: 'All of the given types.' }],
    run: view,
  },
];
