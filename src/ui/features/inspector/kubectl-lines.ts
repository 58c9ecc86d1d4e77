/** The kubectl commands that the inspector's buttons stand for. */
import type { KubeObject } from '#engine/apimachinery';
import type { ObjectReference } from '../../session/index.ts';
import { fieldOf } from './loose.ts';

export interface Command {
  readonly id: 'restart' | 'scale' | 'shell' | 'undo' | 'cordon' | 'uncordon' | 'drain' | 'delete';
  readonly line: string;
}

const RESTARTABLE = new Set(['deployments', 'statefulsets', 'daemonsets']);
const SCALABLE = new Set(['deployments', 'statefulsets', 'replicasets', 'replicationcontrollers']);

/** `deployment/web -n default`: how kubectl is told what is meant. */
function targetOf({ resource, namespace, name }: ObjectReference): { readonly what: string; readonly where: string } {
  return { what: `${resource.singular}/${name}`, where: namespace === undefined ? '' : ` -n ${namespace}` };
}

export const describeLine = (reference: ObjectReference): string => {
  const { what, where } = targetOf(reference);
  return `kubectl describe ${what}${where}`;
};

export const scaleLine = (reference: ObjectReference, replicas: number): string => {
  const { what, where } = targetOf(reference);
  return `kubectl scale ${what}${where} --replicas=${replicas}`;
};

export const replicasOf = (object: KubeObject): number => Number(fieldOf(object, 'spec', 'replicas') ?? 0);

/** What can be done to an object, in the order of its buttons. */
export function commandsFor(reference: ObjectReference, object: KubeObject): readonly Command[] {
  const { what, where } = targetOf(reference);
  const { plural } = reference.resource;
  const commands: Command[] = [];
  if (plural === 'pods') commands.push({ id: 'shell', line: `kubectl exec -it ${reference.name}${where} -- sh` });
  if (SCALABLE.has(plural)) commands.push({ id: 'scale', line: scaleLine(reference, replicasOf(object) + 1) });
  if (RESTARTABLE.has(plural)) {
    commands.push({ id: 'restart', line: `kubectl rollout restart ${what}${where}` });
    commands.push({ id: 'undo', line: `kubectl rollout undo ${what}${where}` });
  }
  if (plural === 'nodes') {
    const id = fieldOf(object, 'spec', 'unschedulable') === true ? 'uncordon' : 'cordon';
    commands.push({ id, line: `kubectl ${id} ${reference.name}` });
    commands.push({
      id: 'drain',
      line: `kubectl drain ${reference.name} --ignore-daemonsets --delete-emptydir-data --force`,
    });
  }
  return [...commands, { id: 'delete', line: `kubectl delete ${what}${where}` }];
}
