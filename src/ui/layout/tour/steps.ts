/** The stops of the tour, each at something that is really there. */
import { type CentreTab, type Locale, type Pane, showPane, update } from '../../session/index.ts';

type Both = { readonly [language in Locale]: string };

export interface Stop {
  readonly id: string;
  /** What it is about: a selector; the first that is found. */
  readonly at: readonly string[];
  readonly title: Both;
  readonly text: Both;
  /** Brings it into view. */
  prepare?(): void;
}

const pane = (name: Pane, tab?: CentreTab) => () => {
  showPane(name);
  if (tab) update({ centreTab: tab });
};

export const STOPS: readonly Stop[] = [
  {
    id: 'welcome',
    at: ['.top-bar .health', '.top-bar h1'],
    title: { en: 'A cluster of your own', zh: '属于你自己的集群' },
    text: {
      en: 'A whole Kubernetes runs in this tab: API server, etcd, scheduler, controllers and three Nodes. Nothing leaves your computer, and nothing you break here matters to anybody.',
      zh: '这个标签页里运行着完整的 Kubernetes：API server、etcd、调度器、控制器和三个 Node。数据不会离开你的电脑，弄坏了也没关系。',
    },
  },
  {
    id: 'map',
    at: ['[data-pane="centre"]'],
    title: { en: 'The map', zh: '地图' },
    text: {
      en: 'Nodes are rooms, Pods live in them. New Pods wait at the left, are placed, pull their image, start. Click one: every pane then shows it.',
      zh: 'Node 是房间，Pod 住在里面。新的 Pod 先在左边等待，然后被调度、拉取镜像、启动。点击任意一个，所有窗格都会显示它。',
    },
    prepare: pane('centre', 'map'),
  },
  {
    id: 'explorer',
    at: ['[data-pane="explorer"]'],
    title: { en: 'Explorer and inspector', zh: '资源与详情' },
    text: {
      en: 'Every resource as kubectl prints it, live. Open a row for conditions, events, logs, YAML, and why it is as it is. Buttons show the command they stand for.',
      zh: '所有资源都像 kubectl 输出的那样实时显示。打开一行可查看状况、事件、日志、YAML 以及原因。按钮会显示它对应的命令。',
    },
    prepare: pane('explorer'),
  },
  {
    id: 'terminal',
    at: ['[data-pane="terminal"]'],
    title: { en: 'The terminal', zh: '终端' },
    text: {
      en: 'A real shell on a workstation beside the cluster: kubectl (k for short), pipes, files, Tab completion. F6 leaves it by keyboard.',
      zh: '集群旁边一台工作站上的 Shell：kubectl（可简写为 k）、管道、文件、Tab 补全。按 F6 可用键盘离开。',
    },
    prepare: pane('terminal'),
  },
  {
    id: 'editor',
    at: ['[data-pane="centre"]'],
    title: { en: 'The editor', zh: '编辑器' },
    text: {
      en: 'Paste any manifest. It is checked against the cluster while you type; Ctrl+Enter applies it. Examples has one for every kind and pattern.',
      zh: '粘贴任意清单。输入时会根据集群检查；Ctrl+Enter 应用。“示例”里有各种资源和模式。',
    },
    prepare: pane('centre', 'editor'),
  },
  {
    id: 'time',
    at: ['.clock-bar'],
    title: { en: 'Time is yours', zh: '时间由你掌控' },
    text: {
      en: 'Pause, step from event to event, or run a thousand times faster. The same inputs always give the same cluster.',
      zh: '可以暂停、逐个事件前进，或快一千倍运行。相同的输入总会得到相同的集群。',
    },
  },
  {
    id: 'timeline',
    at: ['[data-pane="timeline"]'],
    title: { en: 'The past is still there', zh: '过去还在' },
    text: {
      en: 'Everything that happened is a mark here. Drag to see the cluster as it was at any instant, then return to live, or branch off and try something else.',
      zh: '发生过的一切都在这里留有标记。拖动即可查看任意时刻的集群，然后返回实时，或从那里分支另作尝试。',
    },
    prepare: pane('timeline'),
  },
  {
    id: 'more',
    at: ['[data-tour="palette"]'],
    title: { en: 'Everything by name', zh: '按名称找到一切' },
    text: {
      en: 'Ctrl+K (F1 in the terminal) finds commands, objects, lessons. ? lists the keys. The tour is there too, whenever you want it again.',
      zh: 'Ctrl+K（终端中用 F1）可查找命令、对象和课程。? 列出所有按键。想再看一次导览，也在那里。',
    },
  },
];
