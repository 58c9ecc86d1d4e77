/** Pods by the Node they are bound to. */
import type { Pod } from '#engine/api';

export const NODE_INDEX = 'spec.nodeName';

export const nodeIndex = ({ spec }: Pod): readonly string[] => (spec.nodeName ? [spec.nodeName] : []);
