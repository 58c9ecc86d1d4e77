import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface TabItem {
  readonly value: string;
  readonly label: ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly value: string;
  readonly items: readonly TabItem[];
  readonly onChange: (value: string) => void;
  /** The content of the tab on show. */
  readonly children: ReactNode;
  /** Beside the tabs. */
  readonly tools?: ReactNode;
}

/** Tabs over one content. Arrow keys move between them. */
export function Tabs({ label, value, items, onChange, children, tools }: TabsProps) {
  return (
    <Radix.Root className="panel" value={value} onValueChange={onChange}>
      <header style={{ paddingLeft: 'var(--space-1)' }}>
        <Radix.List className="tabs" aria-label={label}>
          {items.map((item) => (
            <Radix.Trigger key={item.value} className="tab" value={item.value}>
              {item.label}
            </Radix.Trigger>
          ))}
        </Radix.List>
        <div className="panel-tools">{tools}</div>
      </header>
      <Radix.Content className="panel-body" value={value} tabIndex={-1}>
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
