import { useEffect, useMemo, useState } from 'react';
import type { ClockControls } from '../../cluster/index.ts';
import type { Command } from '../../session/index.ts';
import { type FeatureCommands, loadCommands } from '../features.tsx';
import { builtInCommands, type GroupedCommand } from './built-in.ts';

/** Headings for features whose commands name none. */
const FEATURES: { readonly [feature: string]: Command['label'] } = {
  timeline: { en: 'Timeline', zh: '时间线' },
  lessons: { en: 'Lessons', zh: '课程' },
  clusters: { en: 'Clusters', zh: '集群' },
  share: { en: 'Share', zh: '分享' },
  faults: { en: 'Faults', zh: '故障' },
  editor: { en: 'Editor', zh: '编辑器' },
  terminal: { en: 'Terminal', zh: '终端' },
  topology: { en: 'Map', zh: '地图' },
  explorer: { en: 'Explorer', zh: '资源' },
  inspector: { en: 'Inspector', zh: '详情' },
  browser: { en: 'Browser', zh: '浏览器' },
};

/** Every command there is, the page's own first; those of features come when they are loaded. */
export function useCommands(clock: ClockControls): readonly GroupedCommand[] {
  const [found, setFound] = useState<readonly FeatureCommands[]>([]);
  useEffect(() => {
    let wanted = true;
    loadCommands().then(
      (loaded) => wanted && setFound(loaded),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);
  return useMemo(() => {
    const ofFeatures = found.flatMap(({ feature, commands }) =>
      commands.map((command) => ({
        ...command,
        group: command.group ?? FEATURES[feature] ?? { en: feature, zh: feature },
        run: () => command.run(),
      })),
    );
    return [...builtInCommands(clock), ...ofFeatures];
  }, [clock, found]);
}
