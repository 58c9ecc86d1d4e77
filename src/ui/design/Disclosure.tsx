import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { IconButton } from './Button.tsx';

interface DisclosureProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

/** What other layers of the page are made of: a click there is no click outside. */
const LAYERS = '[data-radix-popper-content-wrapper], [role="menu"], [role="listbox"]';

/** A button and the panel below it. Escape, a click elsewhere and leaving by Tab close it. */
export function Disclosure({ label, icon, children }: DisclosureProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      const target = event.target as Element | null;
      if (!place.current?.contains(target) && !target?.closest?.(LAYERS)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.stopPropagation();
      setOpen(false);
      place.current?.querySelector('button')?.focus();
    };
    // A button that has done its work; one that opens something of its own stays.
    const onClick = (event: Event) => {
      const button = (event.target as Element).closest('.disclosure-panel button');
      if (!button || button.hasAttribute('aria-expanded') || button.hasAttribute('aria-haspopup')) return;
      // Not before the button's own handler has run: React's listens further out.
      setTimeout(() => {
        if (place.current?.contains(document.activeElement)) place.current.querySelector('button')?.focus();
        setOpen(false);
      });
    };
    const element = place.current;
    element?.addEventListener('click', onClick);
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    element?.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      element?.removeEventListener('keydown', onKey);
      element?.removeEventListener('click', onClick);
    };
  }, [open]);
  return (
    <div className="disclosure" ref={place}>
      <IconButton
        label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {icon}
      </IconButton>
      {open && (
        <div className="disclosure-panel" id={id}>
          {children}
        </div>
      )}
    </div>
  );
}
