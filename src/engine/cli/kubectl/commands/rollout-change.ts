/** rollout pause, resume, restart. */
import { createTwoWayStrategicMergePatch } from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import { resultPrinter, writeQuery } from '../act.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoName, infoUrl } from '../resource/info.ts';
import { groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, type JsonObject, withPath } from '../text/json.ts';
import { schemaOf } from './apply-patch.ts';

const RESTARTED = 'kubectl.kubernetes.io/restartedAt';
const RESTARTABLE = new Set(['deployments.apps', 'daemonsets.apps', 'statefulsets.apps']);

type Change = (session: Session, info: Info, object: JsonObject) => JsonObject;

const paused: Change = (_, info, object) => {
  if (groupResource(info.resource) !== 'deployments.apps') throw new CommandError('pausing is not supported');
  if (at(object, 'spec', 'paused') === true) throw new CommandError('is already paused');
  return withPath(object, ['spec', 'paused'], true);
};

const resumed: Change = (_, info, object) => {
  if (groupResource(info.resource) !== 'deployments.apps') throw new CommandError('resuming is not supported');
  if (at(object, 'spec', 'paused') !== true) throw new CommandError('is not paused');
  return withPath(object, ['spec', 'paused'], undefined);
};

const restarted: Change = (session, info, object) => {
  if (!RESTARTABLE.has(groupResource(info.resource))) throw new CommandError('restarting is not supported');
  if (at(object, 'spec', 'paused') === true)
    throw new CommandError("can't restart paused deployment (run rollout resume first)");
  return withPath(
    object,
    ['spec', 'template', 'metadata', 'annotations', RESTARTED],
    formatTime(session.process.clock.now()),
  );
};

async function change(session: Session, apply: Change, word: string): Promise<void> {
  const { flags, args } = session;
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new CommandError('required resource not specified');
  const print = resultPrinter(session);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.string('selector'),
    selectAllWithoutName: word === 'restarted',
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      print(await patch(session, info, apply), word);
    } catch (error) {
      errors.push(asError(error));
    }
  }
  if (selection.infos.length === 0 && errors.length === 0)
    session.err(`No resources found in ${session.namespace().name} namespace.\n`);
  throwAll(errors);
}

async function patch(session: Session, info: Info, apply: Change): Promise<JsonObject> {
  const before = info.object ?? {};
  let after: JsonObject;
  try {
    after = apply(session, info, before);
  } catch (error) {
    throw new CommandError(
      `${info.resource.name}${info.resource.group ? `.${info.resource.group}` : ''} ${JSON.stringify(info.name)} ${asError(error).message}`,
    );
  }
  const schema = schemaOf(info);
  if (!schema) throw new CommandError(`no schema for ${infoName(info)}`);
  const body = createTwoWayStrategicMergePatch(before, after, schema) as JsonObject;
  const query = writeQuery(session, 'none');
  return (await session.rest().json('PATCH', infoUrl(info), {
    body,
    contentType: 'application/strategic-merge-patch+json',
    query,
  })) as JsonObject;
}

export const pause = (session: Session): Promise<void> => change(session, paused, 'paused');
export const resume = (session: Session): Promise<void> => change(session, resumed, 'resumed');
export const restart = (session: Session): Promise<void> => change(session, restarted, 'restarted');
