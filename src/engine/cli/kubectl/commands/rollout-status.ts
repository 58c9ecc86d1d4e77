/**
 * rollout status
 * @upstream staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
 */
import type { DaemonSet, Deployment, StatefulSet } from '#engine/api';
import { asError, CommandError, throwAll } from '../errors.ts';
import { select } from '../resource/builder.ts';
import { groupKind, type Info } from '../resource/info.ts';
import { groupResource } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import type { JsonObject } from '../text/json.ts';
import { waitUntil } from './wait-until.ts';

interface Progress {
  readonly message: string;
  readonly done: boolean;
}

type Viewer = (object: never, revision: number) => Progress;

function deploymentProgress(one: Deployment, revision: number): Progress {
  const { metadata, spec, status } = one;
  const name = metadata.name;
  if (revision > 0) {
    const current = Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    if (revision !== current)
      throw new CommandError(`desired revision (${revision}) is different from the running revision (${current})`);
  }
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0))
    return { message: 'Waiting for deployment spec update to be observed...\n', done: false };
  const progressing = status?.conditions?.find((one_) => one_.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw new CommandError(`deployment ${JSON.stringify(name)} exceeded its progress deadline`);
  const desired = spec.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  const waiting = (what: string): Progress => ({
    message: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${what}...\n`,
    done: false,
  });
  if (spec.replicas !== undefined && updated < desired)
    return waiting(`${updated} out of ${desired} new replicas have been updated`);
  if ((status?.replicas ?? 0) > updated)
    return waiting(`${(status?.replicas ?? 0) - updated} old replicas are pending termination`);
  if ((status?.availableReplicas ?? 0) < updated)
    return waiting(`${status?.availableReplicas ?? 0} of ${updated} updated replicas are available`);
  return { message: `deployment ${JSON.stringify(name)} successfully rolled out\n`, done: true };
}

function daemonSetProgress(one: DaemonSet): Progress {
  const { metadata, spec, status } = one;
  const name = JSON.stringify(metadata.name);
  if (spec.updateStrategy?.type !== 'RollingUpdate')
    throw new CommandError('rollout status is only available for RollingUpdate strategy type');
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0))
    return { message: 'Waiting for daemon set spec update to be observed...\n', done: false };
  const desired = status?.desiredNumberScheduled ?? 0;
  const updated = status?.updatedNumberScheduled ?? 0;
  const available = status?.numberAvailable ?? 0;
  if (updated < desired)
    return {
      message: `Waiting for daemon set ${name} rollout to finish: ${updated} out of ${desired} new pods have been updated...\n`,
      done: false,
    };
  if (available < desired)
    return {
      message: `Waiting for daemon set ${name} rollout to finish: ${available} of ${desired} updated pods are available...\n`,
      done: false,
    };
  return { message: `daemon set ${name} successfully rolled out\n`, done: true };
}

function statefulSetProgress(one: StatefulSet): Progress {
  const { metadata, spec, status } = one;
  if (spec.updateStrategy?.type !== 'RollingUpdate')
    throw new CommandError('rollout status is only available for RollingUpdate strategy type');
  if ((status?.observedGeneration ?? 0) === 0 || (metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) {
    return { message: 'Waiting for statefulset spec update to be observed...\n', done: false };
  }
  const desired = spec.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  const updated = status?.updatedReplicas ?? 0;
  if (ready < desired) return { message: `Waiting for ${desired - ready} pods to be ready...\n`, done: false };
  const partition = spec.updateStrategy.rollingUpdate?.partition;
  if (partition !== undefined) {
    if (updated < desired - partition) {
      return {
        message: `Waiting for partitioned roll out to finish: ${updated} out of ${desired - partition} new pods have been updated...\n`,
        done: false,
      };
    }
    return { message: `partitioned roll out complete: ${updated} new pods have been updated...\n`, done: true };
  }
  if (status?.updateRevision !== status?.currentRevision) {
    return {
      message: `waiting for statefulset rolling update to complete ${updated} pods at revision ${status?.updateRevision}...\n`,
      done: false,
    };
  }
  return {
    message: `statefulset rolling update complete ${status?.currentReplicas ?? 0} pods at revision ${status?.currentRevision}...\n`,
    done: true,
  };
}

const VIEWERS: { readonly [resource: string]: Viewer } = {
  'deployments.apps': deploymentProgress,
  'daemonsets.apps': daemonSetProgress,
  'statefulsets.apps': statefulSetProgress,
};

export async function status(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.int('revision') < 0)
    throw new CommandError(`revision must be a positive integer: ${flags.int('revision')}`);
  const selection = await select(session, {
    args,
    filenames: flags.list('filename'),
    recursive: flags.bool('recursive'),
    labelSelector: flags.string('selector'),
  });
  throwAll(selection.errors);
  if (selection.infos.length === 0) session.err(`No resources found in ${session.namespace().name} namespace.\n`);
  const errors: Error[] = [];
  for (const info of selection.infos) {
    try {
      await follow(session, info);
    } catch (error) {
      errors.push(asError(error));
    }
  }
  throwAll(errors);
}

async function follow(session: Session, info: Info): Promise<void> {
  const viewer = VIEWERS[groupResource(info.resource)];
  if (!viewer) throw new CommandError(`no status viewer has been implemented for ${groupKind(info)}`);
  const watching = session.flags.bool('watch');
  const view = (object: JsonObject): boolean => {
    const progress = viewer(object as never, session.flags.int('revision'));
    session.out(progress.message);
    return progress.done || !watching;
  };
  await waitUntil(session, info, session.flags.duration('timeout'), view);
}
