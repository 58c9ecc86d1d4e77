/**
 * kubectl label and kubectl annotate
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/label/label.go, pkg/cmd/annotate/annotate.go
 * @fidelity full
 */
import { compareText, createMergePatch, isValidLabelValue } from '#engine/apimachinery';
import { dryRunOf, resultPrinter, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  fieldManagerFlag,
  PRINT_FLAGS,
  SELECTOR_FLAG,
} from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { at, equalJson, isObject, type JsonObject, withPath } from '../text/json.ts';

interface Kind {
  readonly field: 'labels' | 'annotations';
  readonly noun: 'label' | 'annotation';
  readonly plural: string;
}

const LABEL: Kind = { field: 'labels', noun: 'label', plural: 'labels' };
const ANNOTATION: Kind = { field: 'annotations', noun: 'annotation', plural: 'annotations' };

interface Changes {
  readonly resources: readonly string[];
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** Resources first, then `key=value` and `key-`. */
export function splitPairs(
  args: readonly string[],
  noun: string,
): { readonly resources: readonly string[]; readonly pairs: readonly string[] } {
  const first = args.findIndex((arg) => arg.includes('=') || arg.endsWith('-'));
  if (first < 0) return { resources: args, pairs: [] };
  const stray = args.slice(first).find((arg) => !arg.includes('=') && !arg.endsWith('-'));
  if (stray !== undefined) throw new CommandError(`all resources must be specified before ${noun} changes: ${stray}`);
  return { resources: args.slice(0, first), pairs: args.slice(first) };
}

function parseChanges(args: readonly string[], kind: Kind): Changes {
  const { resources, pairs } = splitPairs(args, kind.noun);
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (kind === LABEL && equals >= 0 && pair.split('=').length !== 2)
      throw new CommandError(`invalid label spec: ${pair}`);
    if (equals > 0) {
      const [key, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
      if (kind === LABEL) checkLabel(value, pair);
      set.set(key, value);
    } else if (equals < 0 && pair.endsWith('-')) remove.push(pair.slice(0, -1));
    else throw new CommandError(`invalid ${kind.noun} spec: ${pair}`);
  }
  const both = remove.filter((key) => set.has(key));
  if (both.length > 0) {
    throw new CommandError(
      kind === LABEL
        ? 'can not both modify and remove a label in the same command'
        : `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  }
  return { resources, set, remove };
}

function checkLabel(value: string, pair: string): void {
  const problems = isValidLabelValue(value);
  if (problems.length > 0)
    throw new CommandError(`invalid label value: ${JSON.stringify(pair)}: ${problems.join(';')}`);
}

async function run(session: Session, kind: Kind): Promise<void> {
  const { flags, args } = session;
  const changes = parseChanges(args, kind);
  const list = flags.bool('list');
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new CommandError('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.string('field-selector') !== '')
    throw new CommandError('cannot set --all and --field-selector at the same time');
  if (list && flags.string('output') !== '')
    throw new CommandError('--list and --output may not be specified together');
  if (flags.bool('local')) checkLocal(session, changes);
  else if (changes.resources.length === 0 && flags.list('filename').length === 0)
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.set.size === 0 && changes.remove.length === 0 && !list)
    throw new CommandError(`at least one ${kind.noun} update is required`);
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun);
  const selection = await select(session, {
    args: changes.resources,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
    local: flags.bool('local'),
  });
  if (!selection.single && selection.infos.length > 1 && flags.string('resource-version') !== '') {
    throw new CommandError('--resource-version may only be used with a single resource');
  }
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      const object = info.object ?? {};
      if (list) {
        printList(session, info, kind, selection.single);
        continue;
      }
      const changed = change(session, object, changes, kind);
      const sent =
        flags.bool('local') || dryRun === 'client'
          ? changed
          : await patch(session, info, changed, writeQuery(session, dryRun));
      print(sent, kind === LABEL ? labelWord(object, changed, flags.bool('overwrite')) : 'annotated');
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

function checkLocal({ flags }: Session, changes: Changes): void {
  if (changes.resources.length > 0)
    throw new CommandError('can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set');
  if (flags.list('filename').length === 0)
    throw new CommandError('one or more files must be specified as -f pod.yaml or --filename=pod.json');
}

function printList(session: Session, info: Info, kind: Kind, single: boolean): void {
  const map = at(info.object, 'metadata', kind.field);
  if (!single) session.out(`Listing ${kind.plural} for ${info.resource.kind}.${info.resource.group}/${info.name}:\n`);
  for (const key of Object.keys(isObject(map) ? map : {}).sort(compareText))
    session.out(`${single ? '' : ' '}${key}=${String((map as JsonObject)[key])}\n`);
}

function change(session: Session, object: JsonObject, changes: Changes, kind: Kind): JsonObject {
  const found = at(object, 'metadata', kind.field);
  const current = isObject(found) ? found : {};
  if (!session.flags.bool('overwrite')) checkOverwrite(current, changes, kind);
  const next: { [key: string]: string } = { ...(current as { [key: string]: string }) };
  for (const [key, value] of changes.set) next[key] = value;
  for (const key of changes.remove) {
    if (kind === LABEL && next[key] === undefined) session.out(`label ${JSON.stringify(key)} not found.\n`);
    delete next[key];
  }
  const version = session.flags.string('resource-version');
  const labelled = withPath(object, ['metadata', kind.field], Object.keys(next).length > 0 ? next : undefined);
  return version === '' ? labelled : withPath(labelled, ['metadata', 'resourceVersion'], version);
}

function checkOverwrite(current: JsonObject, changes: Changes, kind: Kind): void {
  // A label that is there is refused even with the same value, an annotation is not.
  const taken = [...changes.set].filter(
    ([key, value]) => current[key] !== undefined && (kind === LABEL || current[key] !== value),
  );
  if (taken.length === 0) return;
  if (kind === LABEL)
    throw new CommandError(
      taken
        .map(([key]) => `'${key}' already has a value (${String(current[key])}), and --overwrite is false`)
        .join('\n'),
    );
  throw new CommandError(
    `--overwrite is false but found the following declared annotation(s): ${taken.map(([key]) => `'${key}' already has a value (${String(current[key])})`).join('; ')}`,
  );
}

function labelWord(before: JsonObject, after: JsonObject, overwrite: boolean): string {
  if (equalJson(before, after)) return 'not labeled';
  const count = (object: JsonObject) => JSON.stringify(object).length;
  return !overwrite && count(after) < count(before) ? 'unlabeled' : 'labeled';
}

async function patch(
  session: Session,
  info: Info,
  changed: JsonObject,
  query: { readonly [name: string]: string | undefined },
): Promise<JsonObject> {
  const body = createMergePatch(info.object ?? {}, changed) as JsonObject;
  return (await session
    .rest()
    .json('PATCH', infoUrl(info), { body, contentType: 'application/merge-patch+json', query })) as JsonObject;
}

const command = (kind: Kind, name: string, short: string): Command => ({
  name,
  group: 'Settings Commands',
  short,
  examples: `# Set one on a pod
kubectl ${name} pods foo unhealthy=true
# Replace what is there
kubectl ${name} --overwrite pods foo status=unhealthy
# Remove one
kubectl ${name} pods foo bar-`,
  use: `[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]`,
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    DRY_RUN_FLAG,
    fieldManagerFlag(`kubectl-${name}`),
    { name: 'all', kind: 'bool', usage: 'All of the given types.' },
    { name: 'list', kind: 'bool', usage: `Show the ${kind.plural} that are there.` },
    { name: 'local', kind: 'bool', usage: 'Change the file only, ask nothing of the server.' },
    { name: 'overwrite', kind: 'bool', usage: 'Values that are there may be replaced.' },
    { name: 'resource-version', kind: 'string', usage: 'Only when the object has this version.' },
  ],
  run: (session) => run(session, kind),
});

export const labelCommand = command(LABEL, 'label', 'Update the labels on a resource');
export const annotateCommand = command(ANNOTATION, 'annotate', 'Update the annotations on a resource');
