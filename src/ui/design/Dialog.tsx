import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';

interface DialogProps {
  readonly title: string;
  readonly description?: string;
  readonly onClose: () => void;
  /** Looks other than those of every dialog. */
  readonly className?: string;
  /** After it has gone, before the focus returns; `preventDefault` keeps the focus from returning. */
  readonly onClosed?: (event: Event) => void;
  readonly children: ReactNode;
}

/** Modal: focus stays inside, Escape closes, focus returns to where it was. */
export function Dialog({ title, description, className, onClose, onClosed, children }: DialogProps) {
  const [before] = useState(() => document.activeElement);
  const returnFocus = (event: Event) => {
    onClosed?.(event);
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (before instanceof HTMLElement) before.focus();
  };
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-veil" />
        <Radix.Content
          className={className ?? 'dialog'}
          onCloseAutoFocus={returnFocus}
          {...(description === undefined && { 'aria-describedby': undefined })}
        >
          <Radix.Title asChild>
            <h2 className="dialog-title">{title}</h2>
          </Radix.Title>
          {description !== undefined && <Radix.Description className="quiet">{description}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
