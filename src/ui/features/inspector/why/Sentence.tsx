/** A sentence whose values stand out. */
import { createElement, Fragment, type ReactNode } from 'react';
import type { Subject } from '../../../../workers/protocol.ts';
import { select } from '../../../session/index.ts';

const PLACE = /\{(\w+)\}/g;

interface SentenceProps {
  readonly template: string;
  readonly values: { readonly [name: string]: string | number };
  /** The object it is about: where its name appears, the name leads there. */
  readonly about?: Subject | undefined;
}

/** Whether a sentence with these values names the object. */
export const names = (values: SentenceProps['values'], about: Subject | undefined): boolean =>
  about !== undefined && Object.values(values).includes(about.name);

/** Fills a template; absent values leave no gap. */
export function Sentence({ template, values, about }: SentenceProps) {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of template.matchAll(PLACE)) {
    const value = values[match[1] ?? ''];
    parts.push(template.slice(from, match.index));
    if (about && value === about.name)
      parts.push(
        <button type="button" className="link said" onClick={() => select(about)}>
          {value}
        </button>,
      );
    else if (value !== undefined && value !== '') parts.push(<b className="said">{value}</b>);
    from = match.index + match[0].length;
  }
  parts.push(template.slice(from));
  return createElement(Fragment, {}, ...parts);
}
