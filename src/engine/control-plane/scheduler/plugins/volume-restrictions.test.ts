import { describe, expect, it } from 'vitest';
import type { Pod, Volume } from '#engine/api';
import { CycleState } from '../framework/cycle-state.ts';
import { NodeInfo } from '../framework/node-info.ts';
import type { PluginHandle } from '../framework/plugin.ts';
import { podInfoOf } from '../framework/pod-info.ts';
import { listedVolumes } from '../framework/volume-view.ts';
import { createVolumeBinding } from './volume-binding.ts';
import { createVolumeRestrictions } from './volume-restrictions.ts';

// Of everything else these plugins ask nothing.
const handle = { cluster: { volumes: listedVolumes({}) }, snapshot: { nodes: [] } } as unknown as PluginHandle;

type Source = Omit<Volume, 'name'>;

const pod = (uid: string, source: Source) =>
  podInfoOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, namespace: 'default', uid },
    spec: { containers: [{ name: 'c', image: 'x' }], volumes: [{ name: 'v', ...source }] },
    status: {},
  } satisfies Pod);

const gce = (pdName: string, readOnly = false): Source => ({ gcePersistentDisk: { pdName, readOnly } });
const rbd = (monitor: string, readOnly = false): Source => ({
  rbd: { monitors: ['m0', monitor], image: 'i', pool: 'p', readOnly },
});
const iscsi = (iqn: string): Source => ({ iscsi: { iqn, lun: 0, targetPortal: '10.0.0.1' } });
const ebs: Source = { awsElasticBlockStore: { volumeID: 'v', readOnly: true } };

describe('VolumeRestrictions', () => {
  it.each([
    ['one disk twice', gce('a'), gce('a'), true],
    ['one disk, one reader', gce('a', true), gce('a'), true],
    ['one disk, readers only', gce('a', true), gce('a', true), false],
    ['two disks', gce('a'), gce('b'), false],
    ['EBS even to read', ebs, ebs, true],
    ['one iSCSI target', iscsi('q'), iscsi('q'), true],
    ['two iSCSI targets', iscsi('q'), iscsi('r'), false],
    ['one RBD image', rbd('m1'), rbd('m2'), true],
    ['one RBD image, readers only', rbd('m1', true), rbd('m2', true), false],
    ['different kinds', gce('a'), ebs, false],
  ] as const)('%s', (_name, ours, theirs, refused) => {
    const node = new NodeInfo({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {}, status: {} });
    node.addPod(pod('other', theirs));
    const outcome = createVolumeRestrictions(handle).filter?.(new CycleState(), pod('p', ours), node);
    expect(outcome?.reasons).toEqual(refused ? ['node(s) had no available disk'] : undefined);
  });

  it('finds no claim where there are none', () => {
    const claim = pod('p', { persistentVolumeClaim: { claimName: 'data' } });
    expect(createVolumeRestrictions(handle).preFilter?.(new CycleState(), claim, [])).toMatchObject({
      reasons: ['persistentvolumeclaim "data" not found'],
    });
    const ephemeral = pod('p', { ephemeral: {} });
    expect(createVolumeBinding(handle).preFilter?.(new CycleState(), ephemeral, [])).toMatchObject({
      reasons: ['waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"'],
    });
    expect(
      createVolumeRestrictions(handle).preFilter?.(new CycleState(), pod('p', { emptyDir: {} }), []),
    ).toMatchObject({
      code: 'Skip',
    });
  });
});
