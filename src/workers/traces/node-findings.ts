/** What is wrong with a Node. */
import { leases, type Node, nodes } from '#engine/api';
import { parseTime } from '#engine/sim';
import { conditionOf, conditionsOf } from './conditions.ts';
import type { Finding } from './explanation.ts';
import { type Scene, subjectOf } from './scene.ts';

type Found = Omit<Finding, 'tone' | 'fixes' | 'params'> & Partial<Finding>;
const finding = (found: Found): Finding => ({ tone: 'bad', fixes: [], params: {}, ...found });

export function nodeFindings(scene: Scene, node: Node): readonly Finding[] {
  const about = subjectOf(nodes, node);
  const { name } = node.metadata;
  const found: Finding[] = [];
  const ready = conditionOf(node, 'Ready');
  const renewed = parseTime(scene.object(leases, { namespace: 'kube-node-lease', name })?.spec?.renewTime ?? '');
  const heard = { ...(renewed !== undefined && { heard: renewed, silent: Math.round((scene.at - renewed) / 1000) }) };
  if (ready?.status === 'Unknown' || (renewed !== undefined && scene.at - renewed > 45_000))
    found.push(
      finding({
        code: 'node-unreachable',
        params: { node: name, ...heard },
        about,
        message: ready?.message,
        fixes: [{ code: 'recover-node', params: { node: name } }],
      }),
    );
  else if (ready?.status === 'False')
    found.push(finding({ code: 'node-not-ready', params: { node: name }, about, message: ready.message }));
  for (const { type, status, message } of conditionsOf(node)) {
    if (type === 'Ready' || status !== 'True' || !type.endsWith('Pressure')) continue;
    found.push(
      finding({
        code: 'node-pressure',
        params: { type },
        about,
        message,
        fixes: type === 'DiskPressure' ? [{ code: 'free-disk', params: { node: name } }] : [],
      }),
    );
  }
  if (node.spec.unschedulable)
    found.push(
      finding({
        code: 'cordoned',
        tone: 'warn',
        about,
        fixes: [{ code: 'uncordon', params: { node: name }, command: `kubectl uncordon ${name}` }],
      }),
    );
  return found;
}
