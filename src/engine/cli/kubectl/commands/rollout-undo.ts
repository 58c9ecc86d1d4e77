/**
 * rollout undo
 * @upstream staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollback.go
 */
import { dryRunOf, dryRunSuffix, LAST_APPLIED } from '../act.ts';
import { podTemplate } from '../describe/pod.ts';
import { DescriptionWriter } from '../describe/writer.ts';
import { asError, CommandError, throwAll } from '../errors.ts';
import { makePrinter } from '../print/output.ts';
import { select } from '../resource/builder.ts';
import { type Info, infoLabel, infoUrl } from '../resource/info.ts';
import { groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, equalJson, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import { type Revision, revisionsOf } from './rollout-revisions.ts';

export async function undo(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new CommandError('required resource not specified');
  const dryRun = dryRunOf(session);
  const printer = makePrinter(session);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.string('selector'),
  });
  const errors = [...selection.errors];
  for (const info of selection.infos) {
    try {
      if (text(info.object, 'metadata', 'annotations', LAST_APPLIED) !== '') {
        session.warn(
          `resource ${info.resource.name}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`,
        );
      }
      const target = await revisionToUndo(session, info);
      const outcome = await rollBack(session, info, target, dryRun);
      session.out(
        printer
          ? printer(info.object ?? {})
          : `${infoLabel(info)} ${outcome}${outcome.includes('\n') ? '' : dryRunSuffix(dryRun)}\n`,
      );
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

async function revisionToUndo(session: Session, info: Info): Promise<Revision> {
  const wanted = session.flags.int('to-revision');
  if (wanted < 0) throw new CommandError(`unable to find specified revision ${wanted} in history`);
  const revisions = await revisionsOf(session, info);
  const found = wanted > 0 ? revisions.find((one) => one.number === wanted) : revisions.at(-2);
  if (found) return found;
  throw new CommandError(
    wanted > 0
      ? `unable to find specified revision ${wanted} in history`
      : `no rollout history found for ${info.resource.kind.toLowerCase()} ${JSON.stringify(info.name)}`,
  );
}

async function rollBack(
  session: Session,
  info: Info,
  target: Revision,
  dryRun: 'none' | 'client' | 'server',
): Promise<string> {
  if (at(info.object, 'spec', 'paused') === true) {
    throw new CommandError(
      `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`,
    );
  }
  if (dryRun === 'client') return preview(session, target);
  const query = { dryRun: dryRun === 'server' ? 'All' : undefined };
  if (groupResource(info.resource) !== 'deployments.apps') {
    if (equalJson(at(target.object, 'spec', 'template'), at(info.object, 'spec', 'template')))
      return `skipped rollback (current template already matches revision ${target.number})`;
    await session.rest().json('PATCH', infoUrl(info), {
      body: target.data,
      contentType: 'application/strategic-merge-patch+json',
      query,
    });
    return 'rolled back';
  }
  const template = withoutHash(target.data);
  if (equalJson(template, at(info.object, 'spec', 'template')))
    return `skipped rollback (current template already matches revision ${target.number})`;
  const body: Json = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotationsFor(info, target) },
  ];
  await session.rest().json('PATCH', infoUrl(info), { body, contentType: 'application/json-patch+json', query });
  return 'rolled back';
}

function preview(session: Session, target: Revision): string {
  const w = new DescriptionWriter(session.process.clock.now());
  podTemplate(w, target.template);
  return w.unaligned();
}

function withoutHash(template: JsonObject): JsonObject {
  const metadata = (template.metadata ?? {}) as JsonObject;
  const { 'pod-template-hash': _, ...labels } = (metadata.labels ?? {}) as JsonObject;
  return { ...template, metadata: { ...metadata, labels } };
}

const KEPT = [
  LAST_APPLIED,
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

/** The revision's annotations; those of the machinery stay the deployment's. */
function annotationsFor(info: Info, target: Revision): JsonObject {
  const mine = at(info.object, 'metadata', 'annotations');
  const theirs = at(target.object, 'metadata', 'annotations');
  const out: { [key: string]: Json } = {};
  for (const key of KEPT) {
    const value = isObject(mine) ? mine[key] : undefined;
    if (value !== undefined) out[key] = value;
  }
  for (const [key, value] of Object.entries(isObject(theirs) ? theirs : {}))
    if (!KEPT.includes(key) && value !== undefined) out[key] = value;
  return out;
}
