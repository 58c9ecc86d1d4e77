/** The kubectl commands that would make a change: on the Pod's owner where there is one, because a Pod's own template comes from there. */
import type { Pod, Taint } from '#engine/api';
import type { Change } from '#engine/cluster';

interface NewImage {
  readonly container: string;
  readonly image: string;
}

/** `deployment/web -n default`, or undefined when only the Pod itself could be changed, which mostly is not allowed. */
function templateOf(pod: Pod): string | undefined {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
  const where = ` -n ${pod.metadata.namespace ?? 'default'}`;
  if (!owner) return undefined;
  // A ReplicaSet of a Deployment is named after it and the hash of the template.
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`))
    return `deployment/${owner.name.slice(0, -hash.length - 1)}${where}`;
  return `${owner.kind.toLowerCase()}/${owner.name}${where}`;
}

/** One command per change that kubectl has a command for. */
export function commandsFor(pod: Pod, changes: readonly Change[], image?: NewImage): readonly string[] {
  const target = templateOf(pod);
  const { namespace = 'default', name } = pod.metadata;
  const commands: string[] = [];
  if (image)
    commands.push(`kubectl set image ${target ?? `pod/${name} -n ${namespace}`} ${image.container}=${image.image}`);
  for (const change of changes) {
    if (change.change === 'request' && target)
      commands.push(
        `kubectl set resources ${target} -c ${change.container} --requests=${change.resource}=${change.quantity}`,
      );
    if (change.change === 'label') commands.push(`kubectl label node ${change.node} ${change.key}=${change.value}`);
    if (change.change === 'uncordon') commands.push(`kubectl uncordon ${change.node}`);
    if (change.change === 'untaint') {
      const { key, value, effect } = change.taint;
      commands.push(`kubectl taint node ${change.node} ${key}${value ? `=${value}` : ''}:${effect}-`);
    }
    if (change.change === 'tolerate' && target) commands.push(tolerate(target, pod, change.taint));
    if (change.change === 'drop' && target && change.field === 'nodeSelector')
      commands.push(patch(target, { nodeSelector: null }));
  }
  return commands;
}

function patch(target: string, spec: unknown): string {
  const [what = '', ...where] = target.split(' ');
  const body = JSON.stringify({ spec: { template: { spec } } });
  return `kubectl patch ${what.replace('/', ' ')} ${where.join(' ')} -p '${body}'`;
}

/** The list is replaced as a whole: what the template tolerates already stays, without what admission added to the Pod. */
function tolerate(target: string, { spec }: Pod, { key, value, effect }: Taint): string {
  const toleration = value ? { key, operator: 'Equal', value, effect } : { key, operator: 'Exists', effect };
  const own = (spec.tolerations ?? []).filter(
    (one) => !(one.effect === 'NoExecute' && /^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(one.key ?? '')),
  );
  return patch(target, { tolerations: [...own, toleration] });
}
