/** The terminal in the palette. */
import { backToTerminal, type Command, openTerminal, update, useSession } from '../../session/index.ts';
import { screens } from './screens.ts';
import { textSize } from './text-size.ts';

const current = () => screens.get(useSession.getState().terminal);

export const commands: readonly Command[] = [
  { id: 'terminal.new', label: { en: 'New terminal', zh: '新建终端' }, run: () => openTerminal() },
  {
    id: 'terminal.search',
    label: { en: 'Search the terminal', zh: '搜索终端' },
    keys: 'Ctrl+Shift+F',
    run: () => {
      backToTerminal();
      current()?.host.search();
    },
  },
  {
    id: 'terminal.clear',
    label: { en: 'Clear the terminal', zh: '清空终端' },
    run: () => current()?.term.clear(),
  },
  {
    id: 'terminal.screen-reader',
    label: { en: 'Terminal: screen reader mode', zh: '终端：屏幕阅读器模式' },
    run: () => update({ screenReader: !useSession.getState().screenReader }),
  },
  {
    id: 'terminal.larger',
    label: { en: 'Terminal: larger text', zh: '终端：放大文字' },
    run: () => textSize.change(1),
  },
  {
    id: 'terminal.smaller',
    label: { en: 'Terminal: smaller text', zh: '终端：缩小文字' },
    run: () => textSize.change(-1),
  },
];
