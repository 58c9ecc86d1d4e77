/** Revisions of a rollout: replica sets of a deployment, controller revisions of the others. */

import type { ControllerRevision, Deployment, PodTemplateSpec } from '#engine/api';
import {
  applyStrategicMergePatch,
  formatLabelSelector,
  type KubeObject,
  type LabelSelector,
} from '#engine/apimachinery';
import { list } from '../describe/context.ts';
import { ownedReplicaSets } from '../describe/workloads.ts';
import { CommandError } from '../errors.ts';
import { groupKind, type Info } from '../resource/info.ts';
import { groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, type JsonObject } from '../text/json.ts';
import { schemaOf } from './apply-patch.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export interface Revision {
  readonly number: number;
  readonly cause: string;
  readonly template: PodTemplateSpec;
  /** The patch or template as it is kept. */
  readonly data: JsonObject;
  /** What `-o` prints of it. */
  readonly object: JsonObject;
}

/** In ascending order. */
export async function revisionsOf(session: Session, info: Info): Promise<readonly Revision[]> {
  const type = groupResource(info.resource);
  const found =
    type === 'deployments.apps'
      ? await deploymentRevisions(session, info)
      : await controllerRevisions(session, info, type);
  return [...found].sort((a, b) => a.number - b.number);
}

const contextOf = (session: Session) => ({ session, showEvents: false, chunkSize: 500 });

async function deploymentRevisions(session: Session, info: Info): Promise<readonly Revision[]> {
  const sets = await ownedReplicaSets(contextOf(session), info.object as unknown as Deployment);
  return sets
    .filter((set) => set.metadata.annotations?.[REVISION] !== undefined)
    .map((set) => ({
      number: Number(set.metadata.annotations?.[REVISION]),
      cause: set.metadata.annotations?.[CHANGE_CAUSE] ?? '',
      template: set.spec.template as PodTemplateSpec,
      data: set.spec.template as unknown as JsonObject,
      object: set as unknown as JsonObject,
    }));
}

async function controllerRevisions(session: Session, info: Info, type: string): Promise<readonly Revision[]> {
  if (type !== 'daemonsets.apps' && type !== 'statefulsets.apps') {
    throw new CommandError(`no history viewer has been implemented for ${JSON.stringify(groupKind(info))}`);
  }
  const owner = info.object as unknown as KubeObject;
  const selector = at(info.object, 'spec', 'selector') as unknown as LabelSelector;
  const found = (await list(contextOf(session), 'controllerrevisions.apps', info.namespace, {
    labelSelector: formatLabelSelector(selector),
  })) as unknown as readonly ControllerRevision[];
  const schema = schemaOf(info);
  return found
    .filter((one) =>
      one.metadata.ownerReferences?.some((reference) => reference.controller && reference.uid === owner.metadata.uid),
    )
    .map((one) => {
      const data = one.data as unknown as JsonObject;
      const applied = schema
        ? (applyStrategicMergePatch(info.object ?? {}, data, schema) as JsonObject)
        : (info.object ?? {});
      return {
        number: one.revision,
        cause: one.metadata.annotations?.[CHANGE_CAUSE] ?? '',
        template: at(applied, 'spec', 'template') as unknown as PodTemplateSpec,
        data,
        object: applied,
      };
    });
}
