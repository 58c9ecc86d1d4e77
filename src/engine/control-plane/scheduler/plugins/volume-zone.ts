/** Filter by the zone of a Pod's PersistentVolumes. */
import type { Plugin } from '../framework/plugin.ts';
import { SKIP } from '../framework/verdict.ts';

/**
 * @upstream pkg/scheduler/framework/plugins/volumezone/volume_zone.go
 * @fidelity none: PersistentVolumes are not served yet, so no volume has a zone; Pods with claims are refused before
 */
export const createVolumeZone = (): Plugin => ({
  name: 'VolumeZone',
  preFilter: () => SKIP,
  filter: () => undefined,
  events: [],
});
