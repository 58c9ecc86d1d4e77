import type { ReactNode } from 'react';

interface PanelProps {
  readonly title: ReactNode;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** A titled area. */
export function Panel({ title, tools, children }: PanelProps) {
  return (
    <div className="panel">
      <header>
        <h2>{title}</h2>
        <div className="panel-tools">{tools}</div>
      </header>
      <div className="panel-body">{children}</div>
    </div>
  );
}

/** Nothing to show, and what to do about it. */
export function EmptyState({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

/** The shape of what is coming. */
export function Skeleton({ label }: { readonly label: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {['92%', '63%', '78%', '45%', '86%', '57%'].map((width) => (
        <i key={width} style={{ width }} />
      ))}
    </div>
  );
}

/** A part that scrolls: reachable by keyboard in browsers that do not see to it themselves. */
export function ScrollRegion({ label, children, scroller }: ScrollRegionProps) {
  const onElement = (element: HTMLElement | null) => {
    if (element) element.tabIndex = 0;
    if (scroller) scroller.current = element;
  };
  return (
    <section className="scroll-region" aria-label={label} ref={onElement}>
      {children}
    </section>
  );
}

interface ScrollRegionProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly scroller?: { current: HTMLElement | null };
}
