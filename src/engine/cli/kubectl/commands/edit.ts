/**
 * kubectl edit, create --edit and apply edit-last-applied: an object as YAML in $KUBE_EDITOR or $EDITOR.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go
 * @fidelity partial: the editor is started once; what is wrong afterwards is stored and refused
 */
import { createMergePatch, createTwoWayStrategicMergePatch } from '#engine/apimachinery';
import { OsError } from '#engine/os';
import { LAST_APPLIED, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, ExitError, throwAll } from '../errors.ts';
import { FILE_FLAGS, fieldManagerFlag, PRINT_FLAGS, SAVE_CONFIG_FLAG, VALIDATE_FLAG } from '../flag-sets.ts';
import { DATA_FORMATS, printJson, unknownFormat, withoutManagedFields } from '../print/output.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import { postObject } from '../resource/post.ts';
import { groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { equalJson, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { parseYaml } from '../text/yaml-parse.ts';
import { schemaOf } from './apply-patch.ts';

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

interface Edited {
  readonly object: JsonObject;
  readonly path: string;
}

/** The file after the editor; undefined when nothing changed. */
async function editText(
  session: Session,
  source: string,
  extension: string,
): Promise<{ readonly text: string; readonly path: string } | undefined> {
  const { env, fs, rng } = session.process;
  const editor = env.get('KUBE_EDITOR') || env.get('EDITOR') || 'vi';
  const path = `/tmp/kubectl-edit-${rng.fork('kubectl-edit').int(2 ** 31)}${extension}`;
  if (!fs.exists('/tmp')) fs.mkdir('/tmp', { recursive: true });
  fs.writeFile(path, new TextEncoder().encode(source));
  await session.flush();
  const words = editor.split(/ (?!(?<=\\ ))/).map((word) => word.replaceAll('\\ ', ' '));
  try {
    const child = session.process.spawn([...words, path]);
    const status = await child.exited;
    if (status.code !== 0) throw new CommandError(`there was a problem with the editor ${JSON.stringify(editor)}`);
  } catch (error) {
    if (error instanceof OsError) throw new CommandError(`unable to launch the editor ${JSON.stringify(editor)}`);
    throw error;
  }
  const edited = session.readText(path);
  return edited === source ? undefined : { text: edited, path };
}

function cancelled(session: Session): void {
  session.err('Edit cancelled, no changes made.\n');
}

/** Tells that the edit was refused and where it is kept. */
function refuse(session: Session, info: Info | undefined, path: string): never {
  if (info) session.err(`error: ${groupResource(info.resource)} ${JSON.stringify(info.name)} is invalid\n`);
  session.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
  if (!info) throw new ExitError(1);
  throw new CommandError('Edit cancelled, no valid changes were saved.');
}

/** Lines that are comments do not count as changes. */
async function editObject(
  session: Session,
  info: Info,
  object: JsonObject,
  format: string,
): Promise<Edited | undefined> {
  const shown = format === 'json' ? printJson(object) : toYaml(object);
  const result = await editText(
    session,
    (format === 'json' ? HEADER.replaceAll(/^#/gm, '//') : HEADER) + shown,
    format === 'json' ? '.json' : '.yaml',
  );
  if (!result) return undefined;
  const source =
    format === 'json'
      ? result.text
          .split('\n')
          .filter((line) => !line.startsWith('//'))
          .join('\n')
      : result.text;
  let value: Json;
  try {
    value = parseYaml(source).value;
  } catch {
    return refuse(session, info, result.path);
  }
  if (value === null || !isObject(value) || text(value, 'kind') === '' || text(value, 'apiVersion') === '')
    return refuse(session, info, result.path);
  return equalJson(value, object) ? undefined : { object: value, path: result.path };
}

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  const format = flags.string('output');
  if (format !== '' && !DATA_FORMATS.includes(format)) throw unknownFormat(format, DATA_FORMATS);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    subresource: flags.string('subresource'),
  });
  throwAll(selection.errors);
  const print = resultPrinter(session, 'none', DATA_FORMATS);
  let changed = false;
  for (const info of selection.infos) {
    const before = withoutManagedFields(info.object ?? {});
    const edited = await editObject(session, info, before, format);
    if (!edited) continue;
    changed = true;
    if (text(edited.object, 'metadata', 'name') !== info.name || text(edited.object, 'kind') !== info.resource.kind) {
      session.err(`A copy of your changes has been stored to ${JSON.stringify(edited.path)}\n`);
      throw new CommandError('At least one of apiVersion, kind and name was changed');
    }
    const target = flags.bool('save-config') ? withLastApplied(edited.object) : edited.object;
    const patched = await sendEdit(session, info, before, target, edited.path);
    session.out(`${labelOf(info)} edited\n`);
    void print;
    void patched;
  }
  if (!changed) cancelled(session);
}

const labelOf = (info: Info): string =>
  `${info.resource.kind.toLowerCase()}${info.resource.group ? `.${info.resource.group}` : ''}/${info.name}`;

async function sendEdit(
  session: Session,
  info: Info,
  before: JsonObject,
  after: JsonObject,
  path: string,
): Promise<JsonObject> {
  const schema = schemaOf(info);
  const body = (
    schema ? createTwoWayStrategicMergePatch(before, after, schema) : createMergePatch(before, after)
  ) as JsonObject;
  const contentType = `application/${schema ? 'strategic-merge' : 'merge'}-patch+json`;
  try {
    return (await session
      .rest()
      .json('PATCH', infoUrl(info, session.flags.has('subresource') ? session.flags.string('subresource') : ''), {
        body,
        contentType,
        query: writeQuery(session, 'none'),
      })) as JsonObject;
  } catch (error) {
    const failure = asError(error);
    if ('reason' in failure && failure.reason === 'Invalid') return refuse(session, info, path);
    throw failure;
  }
}

/** create --edit: what is in the files, after the editor had it. */
export async function editNewObjects(session: Session): Promise<void> {
  const selection = await select(session, { args: [], filenames: session.flags.list('filename'), fetch: false });
  throwAll(selection.errors);
  const print = resultPrinter(session);
  for (const info of selection.infos) {
    const result = await editText(session, HEADER + toYaml(info.object ?? {}), '.yaml');
    if (!result) {
      cancelled(session);
      continue;
    }
    const object = parseYaml(result.text).value as JsonObject;
    print(await postObject(session, { ...info, object }, writeQuery(session, 'none')), 'created');
  }
}

/** apply edit-last-applied */
export async function editLastApplied(session: Session): Promise<void> {
  const { flags, args } = session;
  const selection = await select(session, { args, filenames: flags.list('filename') });
  throwAll(selection.errors);
  for (const info of selection.infos) {
    const annotation = text(info.object, 'metadata', 'annotations', LAST_APPLIED);
    if (annotation === '')
      throw new CommandError(`no last-applied-configuration annotation found on resource: ${info.name}\n`);
    const before = JSON.parse(annotation) as JsonObject;
    const edited = await editObject(session, info, before, flags.string('output'));
    if (!edited) {
      cancelled(session);
      continue;
    }
    const value = text(withLastApplied(edited.object), 'metadata', 'annotations', LAST_APPLIED);
    const body = { metadata: { annotations: { [LAST_APPLIED]: value } } };
    await session.rest().json('PATCH', infoUrl(info), {
      body,
      contentType: 'application/merge-patch+json',
      query: writeQuery(session, 'none'),
    });
    session.out(`${labelOf(info)} edited\n`);
  }
}

export const editCommand: Command = {
  name: 'edit',
  group: 'Basic Commands (Intermediate)',
  short: 'Edit a resource on the server',
  examples: `# Edit a service
kubectl edit svc/registry
# With another editor
KUBE_EDITOR="nano" kubectl edit svc/registry`,
  use: '(RESOURCE/NAME | -f FILENAME)',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-edit'),
    { name: 'output-patch', kind: 'bool', usage: 'Print the patch that is sent.' },
    { name: 'subresource', kind: 'string', usage: 'The subresource to edit.' },
    { name: 'windows-line-endings', kind: 'bool', usage: 'Line ends of the editor are those of Windows.' },
  ],
  run,
};
