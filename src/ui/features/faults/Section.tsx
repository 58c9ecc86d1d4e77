import type { ReactNode } from 'react';

/** A heading and what belongs to it. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="fault-section" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
