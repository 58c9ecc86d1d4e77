/**
 * kubectl scale
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go
 * @fidelity full
 */
import { dryRunOf, resultPrinter } from '../act.ts';
import type { Command } from '../cobra/command.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, PRINT_FLAGS, SELECTOR_FLAG } from '../flag-sets.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoUrl } from '../resource/info.ts';
import type { Session } from '../session.ts';
import { at, type JsonObject, text } from '../text/json.ts';
import { waitUntil } from './wait-until.ts';

async function run(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.int('replicas') < 0)
    throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new CommandError('cannot set --all and --selector at the same time');
  const dryRun = dryRunOf(session);
  const print = resultPrinter(session, dryRun);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.string('selector'),
    all: flags.bool('all'),
  });
  const errors = [...selection.errors];
  if (selection.infos.length > 1 && flags.string('resource-version') !== '')
    throw new CommandError('cannot use --resource-version with multiple resources');
  for (const info of selection.infos) {
    try {
      if (dryRun !== 'client') await scale(session, info, dryRun === 'server');
      print(info.object ?? {}, 'scaled');
      if (dryRun === 'none' && flags.duration('timeout') > 0) await waitForReplicas(session, info);
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
  if (selection.infos.length === 0) throw new CommandError('no objects passed to scale');
}

async function scale(session: Session, info: Info, dryRunServer: boolean): Promise<void> {
  const { flags } = session;
  const expected = flags.int('current-replicas');
  const version = flags.string('resource-version');
  const path = infoUrl(info, 'scale');
  const query = { dryRun: dryRunServer ? 'All' : undefined };
  const replicas = flags.int('replicas');
  if (expected < 0 && version === '') {
    await session
      .rest()
      .json('PATCH', path, { body: { spec: { replicas } }, contentType: 'application/merge-patch+json', query });
    return;
  }
  const current = (await session.rest().json('GET', path)) as JsonObject;
  const actual = Number(at(current, 'spec', 'replicas') ?? 0);
  const actualVersion = text(current, 'metadata', 'resourceVersion');
  if (expected >= 0 && actual !== expected)
    throw new CommandError(`Expected replicas to be ${expected}, was ${actual}`);
  if (version !== '' && actualVersion !== version)
    throw new CommandError(`Expected resource version to be ${version}, was ${actualVersion}`);
  await session.rest().json('PUT', path, { body: { ...current, spec: { replicas } }, query });
}

async function waitForReplicas(session: Session, info: Info): Promise<void> {
  await waitUntil(session, info, session.flags.duration('timeout'), (object) => {
    const observed =
      Number(at(object, 'status', 'observedGeneration') ?? 0) >= Number(at(object, 'metadata', 'generation') ?? 0);
    return observed && Number(at(object, 'spec', 'replicas') ?? 1) === Number(at(object, 'status', 'replicas') ?? 0);
  });
}

export const scaleCommand: Command = {
  name: 'scale',
  group: 'Deploy Commands',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  examples: `# Three replicas
kubectl scale --replicas=3 rs/foo
# Only when there are two now
kubectl scale --current-replicas=2 --replicas=3 deployment/mysql`,
  use: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  flags: [
    ...PRINT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'all', kind: 'bool', usage: 'All of the given types.' },
    { name: 'current-replicas', kind: 'int', default: '-1', usage: 'Only when there are this many now.' },
    { name: 'replicas', kind: 'int', usage: 'How many there are to be.', required: true },
    { name: 'resource-version', kind: 'string', usage: 'Only when the object has this version.' },
    { name: 'timeout', kind: 'duration', usage: 'How long to wait until it is so; 0 does not wait.' },
  ],
  run,
};
