/** VolumeBinding as it answers in a cluster that has no PersistentVolumeClaims. */
import type { Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable } from '../framework/verdict.ts';

/**
 * @upstream pkg/scheduler/framework/plugins/volumebinding/volume_binding.go
 * @fidelity partial: PersistentVolumeClaims are not served yet, so none is ever found
 */
export const createVolumeBinding = (): Plugin => ({
  name: 'VolumeBinding',
  preFilter(_state, { pod }) {
    for (const volume of pod.spec.volumes ?? []) {
      if (volume.ephemeral) {
        const claim = JSON.stringify(`${pod.metadata.name}-${volume.name}`);
        return unresolvable(
          'VolumeBinding',
          `waiting for ephemeral volume controller to create the persistentvolumeclaim ${claim}`,
        );
      }
    }
    return SKIP;
  },
  filter: () => undefined,
  events: [],
});
