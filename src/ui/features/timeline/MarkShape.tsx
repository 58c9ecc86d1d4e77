/** One shape per kind of mark: told apart without colour. Drawn around 0, 0. */
import type { ReactNode } from 'react';
import type { MarkKind } from './model/marks.ts';

const SHAPES: { readonly [kind in MarkKind]: ReactNode } = {
  created: <circle r="3" fill="none" strokeWidth="1.6" />,
  ready: <circle r="3.6" />,
  failed: <path d="M-4 3.4 0-4.2 4 3.4z" />,
  deleted: <path d="M-3-3 3 3M3-3-3 3" fill="none" strokeWidth="1.8" />,
  node: <path d="M-3.4-3.4h6.8v6.8h-6.8z" />,
  warning: <path d="M-4 3.4 0-4.2 4 3.4z" fill="none" strokeWidth="1.6" />,
  typed: <path d="M-3-4 2 0-3 4" fill="none" strokeWidth="2" />,
  changed: <path d="M0-4.4 4.4 0 0 4.4-4.4 0z" />,
  fault: <path d="M1.4-5-4 1h3.2L-1.6 5 4-1.2H.6z" />,
  power: <path d="M0-5v5M-3.2-3.4a4.4 4.4 0 1 0 6.4 0" fill="none" strokeWidth="1.8" />,
};

export function MarkShape({ kind }: { readonly kind: MarkKind }) {
  return (
    <g className="mark" data-kind={kind}>
      {SHAPES[kind]}
    </g>
  );
}

/** The same as a picture in a line of text. */
export function MarkIcon({ kind }: { readonly kind: MarkKind }) {
  return (
    <svg className="mark-icon" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
      <MarkShape kind={kind} />
    </svg>
  );
}
