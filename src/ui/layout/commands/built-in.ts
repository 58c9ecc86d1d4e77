/** What the page itself can do, by name and by key: the palette, the key sheet and the keyboard read this one list. */
import type { ClockControls } from '../../cluster/index.ts';
import {
  type CentreTab,
  type Command,
  goToTourStep,
  type Locale,
  maximise,
  openOverlay,
  type Pane,
  showPane,
  type Theme,
  togglePane,
  update,
  useSession,
} from '../../session/index.ts';
import { centrePanes, PANES } from '../features.tsx';
import { goToPane, paneOf } from '../focus.ts';
import { SPEEDS, speedText } from '../speeds.ts';

type Both = Command['label'];

/** A command with its heading. */
export type GroupedCommand = Command & Required<Pick<Command, 'group'>>;

const both = (en: string, zh: string): Both => ({ en, zh });
const GROUPS = {
  go: both('Go to', '前往'),
  time: both('Time', '时间'),
  page: both('Page', '页面'),
  look: both('Appearance', '外观'),
  help: both('Help', '帮助'),
} as const;

const PANE_NAMES: { readonly [pane in Pane]: Both } = {
  explorer: both('explorer', '资源浏览器'),
  centre: both('workspace', '工作区'),
  terminal: both('terminal', '终端'),
  timeline: both('timeline', '时间线'),
  lesson: both('lessons', '课程'),
};
const PANE_KEYS: { readonly [pane in Pane]: string } = {
  explorer: 'Alt+1',
  centre: 'Alt+2',
  terminal: 'Alt+3',
  timeline: 'Alt+4',
  lesson: 'Alt+5',
};
const TAB_NAMES: { readonly [tab in CentreTab]: Both } = {
  map: both('Map', '地图'),
  overview: both('Overview', '总览'),
  editor: both('Editor', '编辑器'),
  browser: both('Browser', '浏览器'),
};

function openTab(tab: CentreTab): void {
  update({ centreTab: tab });
  showPane('centre');
}

const going = (): readonly GroupedCommand[] => [
  ...PANES.map(
    (pane): GroupedCommand => ({
      id: `go.${pane}`,
      group: GROUPS.go,
      label: both(`Go to the ${PANE_NAMES[pane].en}`, `前往${PANE_NAMES[pane].zh}`),
      keys: PANE_KEYS[pane],
      run: () => goToPane(pane),
    }),
  ),
  ...(Object.keys(TAB_NAMES) as CentreTab[])
    .filter((tab) => centrePanes[tab])
    .map(
      (tab): GroupedCommand => ({
        id: `tab.${tab}`,
        group: GROUPS.go,
        label: both(`Open the ${TAB_NAMES[tab].en.toLowerCase()}`, `打开${TAB_NAMES[tab].zh}`),
        run: () => openTab(tab),
      }),
    ),
  {
    id: 'go.filter',
    group: GROUPS.go,
    label: both('Filter the list', '筛选列表'),
    keys: '/',
    run() {
      showPane('explorer');
      requestAnimationFrame(() => document.getElementById('explorer-filter')?.focus());
    },
  },
];

const time = (clock: ClockControls): readonly GroupedCommand[] => [
  {
    id: 'time.pause',
    group: GROUPS.time,
    label: both('Pause or resume time', '暂停或继续时间'),
    keys: 'Alt+P',
    also: 'stop freeze 冻结',
    run: () => (clock.get()?.paused ? clock.resume() : clock.pause()),
  },
  {
    id: 'time.step',
    group: GROUPS.time,
    label: both('Step to the next event', '前进到下一个事件'),
    keys: 'Alt+.',
    run: async () => {
      await clock.step();
    },
  },
  {
    id: 'time.settled',
    group: GROUPS.time,
    label: both('Run until everything has settled', '运行直到一切稳定'),
    also: 'fast forward wait idle 快进 等待',
    run: async () => {
      await clock.runUntilSettled();
    },
  },
  ...SPEEDS.map(
    (speed): GroupedCommand => ({
      id: `time.speed.${speed}`,
      group: GROUPS.time,
      label: both(`Speed: ${speedText(speed, 'en')}`, `速度：${speedText(speed, 'zh')}`),
      also: 'fast slow 加速 减速',
      run: () => clock.setSpeed(speed),
    }),
  ),
];

const page = (): readonly GroupedCommand[] => [
  {
    id: 'page.maximise',
    group: GROUPS.page,
    label: both('Maximise this pane, or restore all', '最大化当前窗格，或全部还原'),
    keys: 'Alt+M',
    run: () => maximise(paneOf(document.activeElement) ?? 'centre'),
  },
  ...PANES.map(
    (pane): GroupedCommand => ({
      id: `page.toggle.${pane}`,
      group: GROUPS.page,
      label: both(`Hide or show the ${PANE_NAMES[pane].en}`, `隐藏或显示${PANE_NAMES[pane].zh}`),
      run: () => togglePane(pane),
    }),
  ),
  {
    id: 'page.reset',
    group: GROUPS.page,
    label: both('Put all panes back where they were', '恢复窗格布局'),
    also: 'reset layout 重置',
    run() {
      update({ hidden: ['lesson'], maximised: undefined, layouts: {} });
      location.reload();
    },
  },
];

const THEMES: { readonly [theme in Theme]: Both } = {
  system: both('Theme: as the system', '主题：跟随系统'),
  light: both('Theme: light', '主题：浅色'),
  dark: both('Theme: dark', '主题：深色'),
  contrast: both('Theme: high contrast', '主题：高对比度'),
};
const LANGUAGES: { readonly [locale in Locale]: Both } = {
  en: both('Language: English', '语言：English'),
  zh: both('Language: 简体中文 (Chinese)', '语言：简体中文'),
};

const look = (): readonly GroupedCommand[] => [
  ...(Object.keys(THEMES) as Theme[]).map(
    (theme): GroupedCommand => ({
      id: `theme.${theme}`,
      group: GROUPS.look,
      label: THEMES[theme],
      also: 'colour color mode 颜色',
      when: () => useSession.getState().theme !== theme,
      run: () => update({ theme }),
    }),
  ),
  ...(Object.keys(LANGUAGES) as Locale[]).map(
    (locale): GroupedCommand => ({
      id: `language.${locale}`,
      group: GROUPS.look,
      label: LANGUAGES[locale],
      also: 'locale translate zhongwen yingwen',
      when: () => useSession.getState().locale !== locale,
      run: () => update({ locale }),
    }),
  ),
];

const help = (): readonly GroupedCommand[] => [
  {
    id: 'help.palette',
    group: GROUPS.help,
    label: both('Find a command, an object, a lesson', '查找命令、对象、课程'),
    keys: 'Ctrl+K',
    when: () => useSession.getState().overlay !== 'palette',
    run: () => openOverlay('palette'),
  },
  {
    id: 'help.keys',
    group: GROUPS.help,
    label: both('Show all keys', '显示所有按键'),
    keys: '?',
    also: 'shortcuts keyboard 快捷键',
    run: () => openOverlay('keys'),
  },
  {
    id: 'help.tour',
    group: GROUPS.help,
    label: both('Take the tour', '浏览导览'),
    also: 'introduction start 入门',
    run: () => goToTourStep(0),
  },
  {
    id: 'help.fidelity',
    group: GROUPS.help,
    label: both('How real is this?', '这有多真实？'),
    also: 'fidelity limits simulated 仿真',
    run: () => openOverlay('fidelity'),
  },
];

/** Keys that are no commands: they act on what has the focus. */
export const KEY_HINTS: readonly { readonly keys: string; readonly label: Both; readonly group: Both }[] = [
  {
    keys: 'F1',
    label: both('The same, also from the terminal and the editor', '同上，在终端和编辑器中也可用'),
    group: GROUPS.help,
  },
  { keys: 'F6', label: both('Next pane: the way out of the terminal', '下一个窗格：由此离开终端'), group: GROUPS.go },
  {
    keys: 'Ctrl+M',
    label: both('In the editor: Tab moves on instead of indenting', '在编辑器中：Tab 移动焦点而不是缩进'),
    group: GROUPS.go,
  },
  { keys: '↑ ↓', label: both('Move in a list; Enter opens', '在列表中移动；Enter 打开'), group: GROUPS.go },
  { keys: 'Esc', label: both('Back to the list', '返回列表'), group: GROUPS.go },
];

/** All of it, with the clock it acts on. */
export const builtInCommands = (clock: ClockControls): readonly GroupedCommand[] => [
  ...help(),
  ...going(),
  ...time(clock),
  ...page(),
  ...look(),
];
