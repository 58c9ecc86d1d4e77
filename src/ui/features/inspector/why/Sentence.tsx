/** A sentence whose values stand out. */
import { Fragment, type ReactNode } from 'react';

const PLACE = /\{(\w+)\}/g;

/** Fills a template; absent values leave no gap. */
export function Sentence({
  template,
  values,
}: {
  readonly template: string;
  readonly values: { readonly [name: string]: string | number };
}) {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of template.matchAll(PLACE)) {
    const value = values[match[1] ?? ''];
    parts.push(template.slice(from, match.index));
    if (value !== undefined && value !== '') parts.push(<b className="said">{value}</b>);
    from = match.index + match[0].length;
  }
  parts.push(template.slice(from));
  return (
    <>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one template never change places
        <Fragment key={index}>{part}</Fragment>
      ))}
    </>
  );
}
