import { expect, test } from 'vitest';
import { doneIn, mentionsIn } from './mentions.ts';

/** The last of these lines, with the others above it. */
const found = (...lines: readonly string[]) => {
  const at = lines.length - 1;
  return mentionsIn(lines[at] as string, (distance) => lines[at - distance]).map(
    ({ type, name, namespace, start, length }) => [
      (lines[at] as string).slice(start, start + length),
      type,
      name,
      ...(namespace ? [namespace] : []),
    ],
  );
};
const PROMPT = 'root@workstation:~# ';

test.each<[string, readonly string[], unknown]>([
  ['what was made', ['deployment.apps/web created'], [['deployment.apps/web', 'deployment.apps', 'web']]],
  ['what was deleted', ['pod "web-1" deleted from work namespace'], [['web-1', 'pod', 'web-1', 'work']]],
  ['an event', ['5s  Normal  Pulled  pod/web-x  Image pulled'], [['pod/web-x', 'pod', 'web-x']]],
  ['a command', [`${PROMPT}kubectl delete pod/web`], [['pod/web', 'pod', 'web']]],
  ['no address, no path', ['http://10.0.0.1/x and /etc/hosts and a//b'], []],
  [
    'a table',
    [`${PROMPT}kubectl get pods`, 'NAME    READY   STATUS', 'web-x   1/1     Running'],
    [['web-x', 'pods', 'web-x']],
  ],
  [
    'a table of a namespace, with Nodes',
    [`${PROMPT}k get po -n work -o wide`, 'NAME    READY   NODE', 'web-x   1/1     node-1'],
    [
      ['web-x', 'po', 'web-x', 'work'],
      ['node-1', 'nodes', 'node-1', 'work'],
    ],
  ],
  [
    'a table of all namespaces',
    [`${PROMPT}kubectl get deploy -A`, 'NAMESPACE     NAME      READY', 'kube-system   coredns   2/2'],
    [['coredns', 'deploy', 'coredns', 'kube-system']],
  ],
  [
    'a table of several types',
    [`${PROMPT}kubectl get all`, 'NAME        READY', 'pod/web-x   1/1'],
    [['pod/web-x', 'pod', 'web-x']],
  ],
  ['lines behind the table', [`${PROMPT}kubectl get pods`, 'NAME    READY', 'web-x   1/1', '', 'hello there'], []],
  ['the next prompt', [`${PROMPT}kubectl get pods`, 'NAME    READY', 'web-x   1/1', `${PROMPT}echo hello`], []],
])('%s', (_, lines, expected) => expect(found(...lines)).toEqual(expected));

test.each([
  ['deployment.apps/web created', { type: 'deployment.apps', name: 'web' }],
  ['pod "web" deleted from default namespace', { type: 'pod', name: 'web', namespace: 'default' }],
  ['service/web exposed', { type: 'service', name: 'web' }],
  ['node/node-1 cordoned', { type: 'node', name: 'node-1' }],
  ['web created', undefined],
  ['deployment.apps/web is nice', undefined],
])('done: %s', (line, expected) => expect(doneIn(line)).toEqual(expected));
