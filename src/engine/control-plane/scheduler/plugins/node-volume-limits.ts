/** Filter by how many volumes of a CSI driver a Node can attach. */
import type { Plugin } from '../framework/plugin.ts';
import { SKIP } from '../framework/verdict.ts';

/**
 * @upstream pkg/scheduler/framework/plugins/nodevolumelimits/csi.go
 * @fidelity none: CSINodes are not served yet, so no Node has a limit
 */
export const createNodeVolumeLimits = (): Plugin => ({
  name: 'NodeVolumeLimits',
  preFilter: () => SKIP,
  filter: () => undefined,
  events: [],
});
