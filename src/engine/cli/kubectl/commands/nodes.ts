/**
 * kubectl cordon, uncordon, taint.
 * @fidelity full
 */

import type { Taint } from '#engine/api';
import { createTwoWayStrategicMergePatch } from '#engine/apimachinery';
import { dryRunOf, dryRunSuffix, resultPrinter, writeQuery } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { DRY_RUN_FLAG, fieldManagerFlag, PRINT_FLAGS, SELECTOR_FLAG, VALIDATE_FLAG } from '../flag-sets.ts';
import { type Selection, select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { at, type Json, type JsonObject, withPath } from '../text/json.ts';
import { schemaOf } from './apply-patch.ts';
import { splitPairs } from './label.ts';

/** Nodes named by arguments or a selector. */
export async function selectNodes(session: Session, verb: string): Promise<Selection> {
  const { flags, args } = session;
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '') throw session.usage(`USAGE: ${verb} NODE [flags]`);
  if (args.length > 0 && selector !== '')
    throw session.usage('cannot specify both a node name and a --selector option');
  return select(session, { args, labelSelector: selector, impliedType: 'nodes' });
}

async function patchNode(
  session: Session,
  info: Info,
  after: JsonObject,
  query: { readonly [name: string]: string | undefined },
): Promise<JsonObject> {
  const schema = schemaOf(info);
  if (!schema) throw new CommandError('no schema for Node');
  const body = createTwoWayStrategicMergePatch(info.object ?? {}, after, schema) as JsonObject;
  return (await session.rest().json('PATCH', infoUrl(info), {
    body,
    contentType: 'application/strategic-merge-patch+json',
    query,
  })) as JsonObject;
}

/** Marks a node (un)schedulable and says so. */
export async function setCordon(session: Session, info: Info, cordon: boolean): Promise<void> {
  const dryRun = dryRunOf(session);
  const word = cordon ? 'cordoned' : 'uncordoned';
  const already = (at(info.object, 'spec', 'unschedulable') === true) === cordon;
  if (!already && dryRun !== 'client') {
    const after = withPath(info.object ?? {}, ['spec', 'unschedulable'], cordon ? true : undefined);
    await patchNode(session, info, after, { dryRun: dryRun === 'server' ? 'All' : undefined });
  }
  session.out(`node/${info.name} ${already ? 'already ' : ''}${word}${dryRunSuffix(dryRun)}\n`);
}

async function cordonRun(session: Session, cordon: boolean): Promise<void> {
  const selection = await selectNodes(session, cordon ? 'cordon' : 'uncordon');
  throwAll(selection.errors);
  const errors: Error[] = [];
  for (const info of selection.infos) {
    try {
      await setCordon(session, info, cordon);
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const KEY = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const KEY_HELP =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

interface TaintChanges {
  readonly add: readonly Taint[];
  readonly remove: readonly { readonly key: string; readonly effect: string }[];
}

function parseTaints(session: Session, pairs: readonly string[]): TaintChanges {
  const add: Taint[] = [];
  const remove: { key: string; effect: string }[] = [];
  for (const pair of pairs) {
    if (pair.endsWith('-')) {
      const [key, effect = ''] = pair.slice(0, -1).split(':') as [string, string | undefined];
      if (effect !== '' && !EFFECTS.includes(effect))
        throw session.usage(`invalid taint effect: ${effect}, unsupported taint effect`);
      remove.push({ key: key.split('=')[0] as string, effect });
      continue;
    }
    const colon = pair.lastIndexOf(':');
    const [key, value] = (colon < 0 ? pair : pair.slice(0, colon)).split('=') as [string, string | undefined];
    const effect = colon < 0 ? '' : pair.slice(colon + 1);
    const name = colon < 0 ? pair : key;
    if (!KEY.test(name.split('/').at(-1) as string)) throw session.usage(`invalid taint spec: ${pair}, ${KEY_HELP}`);
    if (!EFFECTS.includes(effect)) throw session.usage(`invalid taint effect: ${effect}, unsupported taint effect`);
    if (add.some((one) => one.key === key && one.effect === effect))
      throw session.usage(`duplicated taints with the same key and effect: {${key} ${value ?? ''} ${effect} <nil>}`);
    add.push({ key, ...(value && { value }), effect: effect as Taint['effect'] });
  }
  const both = add.filter((one) =>
    remove.some((other) => other.key === one.key && (other.effect === '' || other.effect === one.effect)),
  );
  if (both.length > 0)
    throw new CommandError(
      `can not both modify and remove the following taint(s) in the same command: ${both.map((one) => `${one.key}=${remove.find((other) => other.key === one.key)?.effect ?? ''}`).join(', ')}`,
    );
  return { add, remove };
}

async function taintRun(session: Session): Promise<void> {
  const { flags, args } = session;
  const [resources, pairs] = splitTaintArgs(args);
  if (resources.length === 0) throw new CommandError('one or more resources must be specified as <resource> <name>');
  if (!['node', 'nodes', 'no'].includes(resources[0] as string) && !(resources[0] as string).startsWith('node')) {
    throw new CommandError(`invalid resource type ${resources[0]}, only node types are supported`);
  }
  if (pairs.length === 0) throw new CommandError('at least one taint update is required');
  const changes = parseTaints(session, pairs);
  if (
    resources.length < 2 &&
    !flags.bool('all') &&
    flags.string('selector') === '' &&
    !(resources[0] as string).includes('/')
  ) {
    throw new CommandError("at least one resource name must be specified since 'all' parameter is not set");
  }
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new CommandError("setting 'all' parameter with a non empty selector is prohibited");
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session);
  const selection = await select(session, {
    args: resources,
    labelSelector: flags.string('selector'),
    all: flags.bool('all'),
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      const { taints, word } = applyTaints(session, info, changes);
      const after = withPath(info.object ?? {}, ['spec', 'taints'], taints as unknown as Json);
      print(dryRun === 'client' ? after : await patchNode(session, info, after, writeQuery(session, dryRun)), word);
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

function splitTaintArgs(args: readonly string[]): readonly [readonly string[], readonly string[]] {
  const first = args.findIndex((arg) => arg.includes('=') || arg.endsWith('-') || arg.includes(':'));
  if (first < 0) return [args, []];
  void splitPairs;
  return [args.slice(0, first), args.slice(first)];
}

/** New taints come first, those they replace go. */
function applyTaints(
  session: Session,
  info: Info,
  changes: TaintChanges,
): { readonly taints: readonly Taint[]; readonly word: string } {
  const current = (at(info.object, 'spec', 'taints') ?? []) as unknown as readonly Taint[];
  const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
  const clashing = changes.add.filter((one) => current.some((other) => same(one, other)));
  if (clashing.length > 0 && !session.flags.bool('overwrite')) {
    throw new CommandError(
      `node ${info.name} already has ${clashing.map((one) => one.key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  const gone = (taint: Taint) =>
    changes.remove.some((one) => one.key === taint.key && (one.effect === '' || one.effect === taint.effect));
  for (const one of changes.remove) {
    if (!current.some((taint) => taint.key === one.key && (one.effect === '' || one.effect === taint.effect))) {
      throw new CommandError(`taint ${JSON.stringify(one.effect ? `${one.key}:${one.effect}` : one.key)} not found`);
    }
  }
  const kept = current.filter((taint) => !gone(taint) && !changes.add.some((one) => same(one, taint)));
  const word =
    changes.remove.length === 0 && clashing.length === 0
      ? 'tainted'
      : changes.add.length === 0
        ? 'untainted'
        : 'modified';
  return { taints: [...changes.add, ...kept], word };
}

const cordonFlags = [DRY_RUN_FLAG, SELECTOR_FLAG];

export const cordonCommand: Command = {
  name: 'cordon',
  group: 'Cluster Management Commands',
  short: 'Mark node as unschedulable',
  use: 'NODE',
  examples: `# No new pods on this node
kubectl cordon foo`,
  flags: cordonFlags,
  run: (session) => cordonRun(session, true),
};

export const uncordonCommand: Command = {
  name: 'uncordon',
  group: 'Cluster Management Commands',
  short: 'Mark node as schedulable',
  use: 'NODE',
  examples: `# New pods on this node again
kubectl uncordon foo`,
  flags: cordonFlags,
  run: (session) => cordonRun(session, false),
};

export const taintCommand: Command = {
  name: 'taint',
  group: 'Cluster Management Commands',
  short: 'Update the taints on one or more nodes',
  use: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  examples: `# Keep pods away that do not tolerate it
kubectl taint nodes foo dedicated=special-user:NoSchedule
# Remove it
kubectl taint nodes foo dedicated:NoSchedule-`,
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-taint'),
    { name: 'all', kind: 'bool', usage: 'All nodes.' },
    { name: 'overwrite', kind: 'bool', usage: 'Taints that are there may be replaced.' },
  ],
  run: taintRun,
};
