import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim, StatefulSet } from '#engine/api';
import { type Claimant, claimsFor, isOwnershipRight, isStale, withOwnership } from './claims.ts';

type When = 'Retain' | 'Delete';

const set = (whenScaled: When, whenDeleted: When): StatefulSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'n', uid: 'set' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'db' } },
      persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted },
      volumeClaimTemplates: [{ metadata: { name: 'data', labels: { app: 'x', tier: 'a' } }, spec: {} }],
    },
  }) as unknown as StatefulSet;

const claimant = (ordinal: number): Claimant => ({
  ordinal,
  pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: `db-${ordinal}`, uid: 'pod' } },
});

const SET = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'set', controller: true };
const POD = { apiVersion: 'v1', kind: 'Pod', name: 'db-0', uid: 'pod', controller: true };
const OTHER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', uid: 'other' };

const claim = (...ownerReferences: readonly object[]): PersistentVolumeClaim =>
  ({ metadata: { name: 'data-db-0', ownerReferences } }) as unknown as PersistentVolumeClaim;

const ownersAfter = (whenScaled: When, whenDeleted: When, ordinal: number, ...before: readonly object[]) =>
  (withOwnership(claim(...before), set(whenScaled, whenDeleted), claimant(ordinal)).metadata.ownerReferences ?? []).map(
    ({ uid }) => uid,
  );

describe('who owns a claim', () => {
  it.each([
    ['Retain', 'Retain', 0, []],
    ['Retain', 'Retain', 5, []],
    ['Retain', 'Delete', 0, ['set']],
    ['Retain', 'Delete', 5, ['set']],
    ['Delete', 'Retain', 0, []],
    ['Delete', 'Retain', 5, ['pod']],
    ['Delete', 'Delete', 0, ['set']],
    ['Delete', 'Delete', 5, ['pod']],
  ] as const)('scaled: %s, deleted: %s, ordinal %i of 2', (whenScaled, whenDeleted, ordinal, owners) => {
    expect(ownersAfter(whenScaled, whenDeleted, ordinal)).toEqual(owners);
    const settled = withOwnership(claim(OTHER), set(whenScaled, whenDeleted), claimant(ordinal));
    expect(settled.metadata.ownerReferences?.[0]).toEqual(OTHER);
    expect(isOwnershipRight(settled, set(whenScaled, whenDeleted), claimant(ordinal))).toBe(true);
  });

  it('an owner without a uid of today is stale, and left alone', () => {
    const old = claim({ ...SET, uid: 'of yesterday' });
    expect(isStale(old, set('Delete', 'Delete'))).toBe(true);
    expect(isOwnershipRight(old, set('Retain', 'Delete'), claimant(0))).toBe(true);
  });

  it('another controller is respected, and ours taken away beside it', () => {
    const foreign = { ...OTHER, controller: true };
    expect(isOwnershipRight(claim(foreign), set('Retain', 'Delete'), claimant(0))).toBe(true);
    expect(isOwnershipRight(claim(foreign, SET), set('Retain', 'Delete'), claimant(0))).toBe(false);
    expect(ownersAfter('Retain', 'Delete', 0, foreign, SET)).toEqual(['other']);
  });

  it('an owner that is no controller is mended', () => {
    const half = { ...POD, controller: false };
    expect(isOwnershipRight(claim(half), set('Delete', 'Retain'), claimant(5))).toBe(false);
  });
});

it('claims have the name of template, set and ordinal, and the labels of both', () => {
  expect(claimsFor(set('Retain', 'Retain'), 3)).toEqual([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-db-3', namespace: 'n', labels: { app: 'db', tier: 'a' } },
      spec: {},
    },
  ]);
});
