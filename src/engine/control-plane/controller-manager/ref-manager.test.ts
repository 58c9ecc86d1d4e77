import { expect, it } from 'vitest';
import type { KubeObject } from '#engine/apimachinery';
import { decideClaim } from './ref-manager.ts';

const object = (uid: string, namespace = 'a', owner?: string, deleting = false): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: {
    name: uid,
    uid,
    namespace,
    ...(owner !== undefined && {
      ownerReferences: [{ apiVersion: 'v1', kind: 'Thing', name: owner, uid: owner, controller: true }],
    }),
    ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  },
});
const me = object('me');
const leaving = object('me', 'a', undefined, true);

it.each([
  ['mine and matching', me, object('x', 'a', 'me'), true, 'owned'],
  ['mine but not matching', me, object('x', 'a', 'me'), false, 'release'],
  ['mine, but I go: nothing is released', leaving, object('x', 'a', 'me'), false, 'foreign'],
  ["somebody else's", me, object('x', 'a', 'other'), true, 'foreign'],
  ['a matching orphan', me, object('x'), true, 'adopt'],
  ['an orphan that does not match', me, object('x'), false, 'foreign'],
  ['an orphan on its way out', me, object('x', 'a', undefined, true), true, 'foreign'],
  ['an orphan of another namespace', me, object('x', 'b'), true, 'foreign'],
  ['an orphan, but I go', leaving, object('x'), true, 'foreign'],
])('%s', (_, owner, of, matches, claim) => {
  expect(decideClaim(owner, of, matches)).toBe(claim);
});
