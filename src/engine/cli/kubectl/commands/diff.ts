/**
 * kubectl diff
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/diff/diff.go
 * @fidelity partial: the built-in differ only; options in $KUBECTL_EXTERNAL_DIFF are refused
 */
import { isNotFound } from '#engine/apimachinery';
import { withoutLastApplied } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CodeError, CommandError, describeError, ExitError } from '../errors.ts';
import { FILE_FLAGS, SELECTOR_FLAG } from '../flag-sets.ts';
import { withoutManagedFields } from '../print/output.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import { resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { isObject, type Json, type JsonObject, withPath } from '../text/json.ts';
import { unifiedDiff } from '../text/unified-diff.ts';
import { toYaml } from '../text/yaml-emit.ts';
import { computePatch } from './apply-patch.ts';

const FAILED = 2;

async function run(session: Session): Promise<void> {
  try {
    await compare(session);
  } catch (error) {
    if (error instanceof ExitError) throw error;
    const described = describeError(asError(error), "See 'kubectl diff -h' for help and examples");
    throw new CodeError(described.text, FAILED);
  }
}

async function compare(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.list('filename').length === 0 && flags.string('kustomize') === '')
    throw new CommandError('must specify one of -f and -k');
  if (args.length > 0) throw session.usage(`Unexpected args: [${args.join(' ')}]`);
  const external = session.process.env.get('KUBECTL_EXTERNAL_DIFF') ?? '';
  if (external !== '' && !external.startsWith('diff'))
    throw new CommandError(`failed to run ${JSON.stringify(external)}: executable file not found in $PATH`);
  const selection = await select(session, {
    args: [],
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    kustomize: flags.string('kustomize'),
    fetch: false,
    validate: true,
  });
  if (selection.errors[0]) throw selection.errors[0];
  const folders = [
    session.process.rng.fork('kubectl-diff').int(2 ** 31),
    session.process.rng.fork('kubectl-diff-merged').int(2 ** 31),
  ];
  const keep = flags.bool('show-managed-fields');
  let out = '';
  for (const info of selection.infos) {
    const { live, merged } = await bothSides(session, info);
    const masked =
      info.resource.kind === 'Secret' && info.resource.group === '' ? mask(live, merged) : { live, merged };
    const show = (object: JsonObject | undefined) =>
      object ? toYaml(keep ? object : withoutManagedFields(object)) : info.resource.kind === 'Secret' ? 'null\n' : '';
    const name = `${info.resource.group ? `${info.resource.group}.` : ''}${info.resource.version}.${info.resource.kind}.${info.namespace}.${info.name}`;
    const text = unifiedDiff(
      show(masked.live),
      show(masked.merged),
      `/tmp/LIVE-${folders[0]}/${name}`,
      `/tmp/MERGED-${folders[1]}/${name}`,
      session.process.clock.now(),
    );
    out += text;
  }
  session.out(out);
  if (out !== '') throw new ExitError(1);
}

async function bothSides(
  session: Session,
  info: Info,
): Promise<{ readonly live: JsonObject | undefined; readonly merged: JsonObject }> {
  let live: JsonObject | undefined;
  try {
    live = (await session.rest().json('GET', infoUrl(info))) as JsonObject;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const rest = session.rest();
  if (session.flags.bool('server-side')) {
    const query = {
      dryRun: 'All',
      fieldManager: session.flags.changed('field-manager') ? session.flags.string('field-manager') : 'kubectl',
      force: String(session.flags.bool('force-conflicts')),
    };
    return {
      live,
      merged: (await rest.json('PATCH', infoUrl(info), {
        body: info.object ?? {},
        contentType: 'application/apply-patch+yaml',
        query,
      })) as JsonObject,
    };
  }
  const modified = info.object ?? {};
  if (!live)
    return {
      live,
      merged: (await rest.json('POST', resourceUrl(info.resource, info.namespace), {
        body: modified,
        query: { dryRun: 'All' },
      })) as JsonObject,
    };
  const patch = computePatch(session, info, withoutLastApplied(modified), live);
  return {
    live,
    merged: (await rest.json('PATCH', infoUrl(info), {
      body: patch.value,
      contentType: patch.contentType,
      query: { dryRun: 'All' },
    })) as JsonObject,
  };
}

/** Values of secrets are not shown; changed ones are marked. */
function mask(
  live: JsonObject | undefined,
  merged: JsonObject,
): { readonly live: JsonObject | undefined; readonly merged: JsonObject } {
  const dataOf = (object: JsonObject | undefined) => (isObject(object?.data) ? object.data : {});
  const cover = (own: JsonObject, other: JsonObject, mark: string): Json =>
    Object.fromEntries(
      Object.keys(own).map((key) => [
        key,
        other[key] !== undefined && other[key] !== own[key] ? `*** (${mark})` : '***',
      ]),
    );
  const hide = (object: JsonObject, other: JsonObject | undefined, mark: string) =>
    isObject(object.data) ? withPath(object, ['data'], cover(dataOf(object), dataOf(other), mark)) : object;
  return { live: live && hide(live, merged, 'before'), merged: hide(merged, live, 'after') };
}

export const diffCommand: Command = {
  name: 'diff',
  group: 'Advanced Commands',
  short: 'Diff the live version against a would-be applied version',
  examples: `# What would apply change?
kubectl diff -f pod.json`,
  use: '-f FILENAME',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    { name: 'concurrency', kind: 'int', default: '1', usage: 'How many objects at once.' },
    {
      name: 'field-manager',
      kind: 'string',
      default: 'kubectl-client-side-apply',
      usage: 'Name under which the fields are owned.',
    },
    { name: 'force-conflicts', kind: 'bool', usage: 'With --server-side: take over fields of other managers.' },
    { name: 'prune', kind: 'bool', usage: 'Show what would be pruned; not supported.' },
    { name: 'server-side', kind: 'bool', usage: 'The server merges.' },
    { name: 'show-managed-fields', kind: 'bool', usage: 'Keep managedFields.' },
  ],
  run,
};
