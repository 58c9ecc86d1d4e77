/**
 * kubectl patch
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/patch/patch.go
 * @fidelity full
 */
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from '#engine/apimachinery';
import { dryRunOf, resultPrinter, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, PRINT_FLAGS } from '../flag-sets.ts';
import { withoutManagedFields } from '../print/output.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { equalJson, type Json, type JsonObject } from '../text/json.ts';
import { parseYaml } from '../text/yaml-parse.ts';
import { schemaOf } from './apply-patch.ts';

const TYPES: { readonly [type: string]: string } = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

function patchText(session: Session): string {
  const { flags } = session;
  const [inline, file] = [flags.string('patch'), flags.string('patch-file')];
  if (inline !== '' && file !== '') throw new CommandError('cannot specify --patch and --patch-file together');
  if (inline === '' && file === '')
    throw new CommandError('must specify --patch or --patch-file containing the contents of the patch');
  if (file === '') return inline;
  if (!session.process.fs.exists(session.resolve(file)))
    throw new CommandError(`unable to read patch file: open ${file}: no such file or directory`);
  return session.readText(file);
}

/** JSON, or YAML made into JSON. Text that is neither goes to the server as it is: it knows what to say. */
function parsePatch(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    if (/^\s*[{[]/.test(source)) return undefined;
  }
  try {
    return parseYaml(source).value;
  } catch (error) {
    throw new CommandError(`unable to parse "${source}": ${asError(error).message}`);
  }
}

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  const type = flags.string('type') || 'strategic';
  if (flags.bool('local') && args.length > 0) throw new CommandError('cannot specify --local and server resources');
  const source = patchText(session);
  const contentType = TYPES[type.toLowerCase()];
  if (!contentType) throw new CommandError(`--type must be one of [json merge strategic], not ${JSON.stringify(type)}`);
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun === 'client' ? 'none' : dryRun);
  const patch = parsePatch(source);
  const local = flags.bool('local');
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    local,
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      const before = info.object ?? {};
      if (local || dryRun === 'client') {
        const after = applyLocally(info, before, patch, type.toLowerCase());
        print(after, equalJson(before, after) ? 'patched (no change)' : 'patched');
        continue;
      }
      const after = (await session.rest().json('PATCH', infoUrl(info, flags.string('subresource')), {
        ...(patch === undefined ? { rawBody: { kind: 'text', text: source } as const } : { body: patch }),
        contentType,
        query: writeQuery(session, dryRun),
      })) as JsonObject;
      print(
        after,
        equalJson(withoutManagedFields(before), withoutManagedFields(after)) ? 'patched (no change)' : 'patched',
      );
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
  if (selection.infos.length === 0) throw new CommandError('no objects passed to patch');
}

function applyLocally(info: Info, object: JsonObject, patch: Json | undefined, type: string): JsonObject {
  if (patch === undefined) throw new CommandError('unable to parse the patch');
  if (type === 'json') return applyJsonPatch(object, patch as never) as JsonObject;
  const schema = schemaOf(info);
  if (type === 'strategic' && schema)
    return applyStrategicMergePatch(object, patch as JsonObject, schema) as JsonObject;
  return applyMergePatch(object, patch) as JsonObject;
}

export const patchCommand: Command = {
  name: 'patch',
  group: 'Advanced Commands',
  short: 'Update fields of a resource',
  examples: `# Part of a node
kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'
# A container's image
kubectl patch pod valid-pod -p '{"spec":{"containers":[{"name":"kubernetes-serve-hostname","image":"new image"}]}}'`,
  use: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    DRY_RUN_FLAG,
    fieldManagerFlag('kubectl-patch'),
    { name: 'local', kind: 'bool', usage: 'Patch the file only, ask nothing of the server.' },
    { name: 'patch', short: 'p', kind: 'string', usage: 'The patch, in JSON or YAML.' },
    { name: 'patch-file', kind: 'string', usage: 'A file with the patch.' },
    { name: 'subresource', kind: 'string', usage: 'The subresource to patch.' },
    { name: 'type', kind: 'string', default: 'strategic', usage: 'json, merge or strategic.' },
  ],
  run,
};
