import { type KeyboardEvent, useEffect, useRef, useState } from 'react';

/** Something that can be done with an object of the map. */
export interface ObjectAction {
  readonly id: string;
  readonly label: string;
  /** The command it stands for. */
  readonly line?: string;
  /** Asked for twice: it cannot be taken back. */
  readonly again?: string;
  /** Why not now. */
  readonly unless?: string | undefined;
  run(): void;
}

export interface ObjectMenuProps {
  readonly title: string;
  readonly actions: readonly ObjectAction[];
  /** In the stage, from its left and top, in pixels. */
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

const MOVES: { readonly [key: string]: number } = { ArrowDown: 1, ArrowUp: -1 };
const ROOM = { width: 260, height: 220 } as const;

/** What can be done with one object, at the place where somebody asked. */
export function ObjectMenu({ title, actions, at, onClose }: ObjectMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const before = document.activeElement;
    menu.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  useEffect(() => {
    const leave = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) onClose();
    };
    document.addEventListener('pointerdown', leave, true);
    return () => document.removeEventListener('pointerdown', leave, true);
  }, [onClose]);

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    const step = MOVES[event.key];
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const current = items.indexOf(document.activeElement as HTMLElement);
    if (step !== undefined) items[(current + step + items.length) % items.length]?.focus();
    else if (event.key === 'Home') items[0]?.focus();
    else if (event.key === 'End') items.at(-1)?.focus();
    else return;
    event.preventDefault();
  };
  const act = (action: ObjectAction) => {
    if (action.unless !== undefined) return;
    if (action.again !== undefined && asked !== action.id) {
      setAsked(action.id);
      return;
    }
    onClose();
    action.run();
  };
  const style = {
    left: `max(4px, min(${at.x}px, calc(100% - ${ROOM.width}px)))`,
    top: `max(4px, min(${at.y}px, calc(100% - ${ROOM.height}px)))`,
  };
  return (
    <div
      ref={menu}
      className="map-menu"
      role="menu"
      tabIndex={-1}
      aria-label={title}
      style={style}
      onKeyDown={onKeyDown}
    >
      <p aria-hidden="true">{title}</p>
      {actions.map((action) => (
        <button
          key={action.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          aria-disabled={action.unless !== undefined || undefined}
          data-danger={action.again !== undefined || undefined}
          title={action.unless ?? action.line ?? ''}
          onClick={() => act(action)}
        >
          <span>{asked === action.id ? action.again : action.label}</span>
          {action.line && <code>{action.line}</code>}
        </button>
      ))}
    </div>
  );
}
