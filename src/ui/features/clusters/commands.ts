import { type Command, openOverlay } from '../../session/index.ts';

export const commands: readonly Command[] = [
  {
    id: 'clusters.open',
    label: { en: 'Clusters: switch, new, rename, duplicate, delete', zh: '集群：切换、新建、重命名、复制、删除' },
    also: 'import export storage reset fresh',
    run: () => openOverlay('clusters'),
  },
];
