/** What can be done with a screen: from the button, and where the pointer is. */
import { ContextMenu, DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { More } from '../../design/icons.tsx';
import { IconButton } from '../../design/index.ts';
import { notify, openRequests } from '../../session/index.ts';
import { screens } from './screens.ts';
import { textSize } from './text-size.ts';
import type { TerminalSay, TerminalWord } from './words/words.ts';

interface MenuProps {
  readonly id: number;
  readonly say: TerminalSay;
  readonly onSearch: () => void;
}

interface Entry {
  readonly word: TerminalWord;
  readonly keys?: string;
  readonly act: () => void;
  readonly disabled?: boolean;
}

function entries({ id, say, onSearch }: MenuProps): readonly Entry[] {
  const screen = screens.get(id);
  const paste = () => {
    navigator.clipboard.readText().then(
      (text) => screen?.paste(text),
      () => notify({ tone: 'bad', title: say('paste'), text: say('pasteRefused') }),
    );
  };
  return [
    {
      word: 'copy',
      keys: 'Ctrl+Shift+C',
      act: () => screen?.copy(),
      disabled: screen?.term.hasSelection() !== true,
    },
    { word: 'paste', keys: 'Ctrl+Shift+V', act: paste },
    { word: 'selectAll', act: () => screen?.term.selectAll() },
    { word: 'search', keys: 'Ctrl+Shift+F', act: onSearch },
    { word: 'clear', keys: 'Ctrl+L', act: () => screen?.term.clear() },
    { word: 'requests', act: () => openRequests({ terminal: id }) },
    { word: 'larger', act: () => textSize.change(1) },
    { word: 'smaller', act: () => textSize.change(-1) },
  ];
}

type Kit = Pick<typeof ContextMenu, 'Item' | 'Separator'>;

/** The same entries in either menu. */
function Entries({ kit, ...props }: MenuProps & { readonly kit: Kit }) {
  return entries(props).map(({ word, keys, act, disabled = false }) => (
    <kit.Item key={word} className="menu-item" onSelect={act} disabled={disabled}>
      <span>{props.say(word)}</span>
      {keys && <kbd>{keys}</kbd>}
    </kit.Item>
  ));
}

export function MenuButton(props: MenuProps) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <IconButton label={props.say('menu')}>
          <More size={16} />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end">
          <Entries kit={DropdownMenu} {...props} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function WithMenu({ children, ...props }: MenuProps & { readonly children: ReactNode }) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content className="menu">
          <Entries kit={ContextMenu} {...props} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}
