import { expect, test } from 'vitest';
import type { ObjectFacts } from '../../../workers/protocol.ts';
import { differences } from './difference.ts';

const facts = (kind: string, name: string, fields: ObjectFacts['fields'], namespace?: string): ObjectFacts => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  ...(namespace && { namespace }),
  name,
  fields,
});

test('only left, only right, changed; the telling fields first', () => {
  const left = [
    facts('Pod', 'a', { 'status.phase': 'Running' }, 'default'),
    facts('Deployment', 'web', { 'metadata.labels.x': '1', 'spec.replicas': '3', 'spec.paused': 'true' }, 'default'),
    facts('Node', 'same', { 'status.phase': 'x' }),
  ];
  const right = [
    facts('Node', 'same', { 'status.phase': 'x' }),
    facts('Deployment', 'web', { 'metadata.labels.x': '2', 'spec.replicas': '5' }, 'default'),
    facts('Pod', 'a', { 'status.phase': 'Running' }, 'other'),
  ];
  expect(differences(left, right)).toEqual([
    {
      kind: 'Deployment',
      namespace: 'default',
      name: 'web',
      is: 'changed',
      fields: [
        { path: 'spec.replicas', left: '3', right: '5' },
        { path: 'spec.paused', left: 'true', right: undefined },
        { path: 'metadata.labels.x', left: '1', right: '2' },
      ],
    },
    { kind: 'Pod', namespace: 'default', name: 'a', is: 'left', fields: [] },
    { kind: 'Pod', namespace: 'other', name: 'a', is: 'right', fields: [] },
  ]);
  expect(differences(left, left)).toEqual([]);
});
