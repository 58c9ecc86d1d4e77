/**
 * kubectl edit, create --edit and apply edit-last-applied: an object as YAML in $KUBE_EDITOR or $EDITOR.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go
 * @fidelity partial: several objects are edited one after the other, not as one list
 */
import { createMergePatch, createTwoWayStrategicMergePatch } from '#engine/apimachinery';
import { LAST_APPLIED, resultPrinter, withLastApplied, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { CommandError, throwAll } from '../errors.ts';
import { FILE_FLAGS, fieldManagerFlag, PRINT_FLAGS, SAVE_CONFIG_FLAG, VALIDATE_FLAG } from '../flag-sets.ts';
import { DATA_FORMATS, unknownFormat, withoutManagedFields } from '../print/output.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import { postObject } from '../resource/post.ts';
import type { Session } from '../session.ts';
import { type JsonObject, text } from '../text/json.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { parseYaml } from '../text/yaml-parse.ts';
import { schemaOf } from './apply-patch.ts';
import { cancelled, editInLoop, header, LAST_APPLIED_HEADING, launchEditor, OBJECT_HEADING } from './editor.ts';

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
  for (const info of selection.infos) {
    const before = withoutManagedFields(info.object ?? {});
    const send = (after: JsonObject) =>
      sendEdit(session, info, before, flags.bool('save-config') ? withLastApplied(after) : after);
    if (await editInLoop(session, { info, object: before, format, heading: OBJECT_HEADING, send }))
      session.out(`${labelOf(info)} edited\n`);
  }
}

const labelOf = (info: Info): string =>
  `${info.resource.kind.toLowerCase()}${info.resource.group ? `.${info.resource.group}` : ''}/${info.name}`;

async function sendEdit(session: Session, info: Info, before: JsonObject, after: JsonObject): Promise<void> {
  const schema = schemaOf(info);
  const body = (
    schema ? createTwoWayStrategicMergePatch(before, after, schema) : createMergePatch(before, after)
  ) as JsonObject;
  const contentType = `application/${schema ? 'strategic-merge' : 'merge'}-patch+json`;
  const subresource = session.flags.has('subresource') ? session.flags.string('subresource') : '';
  const query = writeQuery(session, 'none');
  await session.rest().json('PATCH', infoUrl(info, subresource), { body, contentType, query });
}

/** create --edit: what is in the files, after the editor had it. */
export async function editNewObjects(session: Session): Promise<void> {
  const selection = await select(session, { args: [], filenames: session.flags.list('filename'), fetch: false });
  throwAll(selection.errors);
  const print = resultPrinter(session);
  for (const info of selection.infos) {
    const source = header(OBJECT_HEADING) + toYaml(info.object ?? {});
    const result = await launchEditor(session, source, '.yaml');
    if (result.text === source) {
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
    const object = JSON.parse(annotation) as JsonObject;
    const send = async (edited: JsonObject) => {
      const value = text(withLastApplied(edited), 'metadata', 'annotations', LAST_APPLIED);
      const body = { metadata: { annotations: { [LAST_APPLIED]: value } } };
      const contentType = 'application/merge-patch+json';
      await session.rest().json('PATCH', infoUrl(info), { body, contentType, query: writeQuery(session, 'none') });
    };
    const format = flags.string('output');
    if (await editInLoop(session, { info, object, format, heading: LAST_APPLIED_HEADING, send }))
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
