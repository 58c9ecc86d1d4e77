/** What the timeline offers by name. */
import { type Command, openOverlay, returnToLive, showPane, useSession } from '../../session/index.ts';

const group = { en: 'Time', zh: '时间' } as const;
const isPast = (): boolean => useSession.getState().instant !== undefined;

export const commands: readonly Command[] = [
  {
    id: 'timeline.live',
    group,
    label: { en: 'Return to live', zh: '回到实时' },
    keys: 'Alt+L',
    run: returnToLive,
    when: isPast,
  },
  {
    id: 'timeline.show',
    group,
    label: { en: 'Scrub through time', zh: '在时间线上移动' },
    also: 'past history rewind timeline 过去 历史',
    run: () => {
      showPane('timeline');
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.timeline-track')?.focus());
    },
  },
  {
    id: 'timeline.list',
    group,
    label: { en: 'What happened: list of marks', zh: '发生了什么：标记列表' },
    also: 'events history log 事件',
    run: () => openOverlay('timeline'),
  },
  {
    id: 'timeline.branch',
    group,
    label: { en: 'Branch here: go on from this instant in a new cluster', zh: '在此分支：从这一刻起在新集群中继续' },
    also: 'fork what if 分叉',
    run: () => openOverlay('branch'),
  },
  {
    id: 'timeline.compare',
    group,
    label: { en: 'Compare two instants or two clusters', zh: '比较两个时刻或两个集群' },
    also: 'diff difference 差异',
    run: () => openOverlay('compare'),
  },
];
