/** The text of a step. */
import type { ComponentProps, ReactNode } from 'react';
import Markdown, { type Components, type ExtraProps } from 'react-markdown';
import remarkDirective from 'remark-directive';
import remarkGfm from 'remark-gfm';
import { openBrowser } from '../../session/index.ts';
import { Debrief, Hint, Mistake, Why } from './Blocks.tsx';
import { Checklist } from './Checklist.tsx';
import { BlockCommand, InlineCommand } from './Command.tsx';
import { lessonMarkdown } from './lesson-markdown.ts';
import { Predict } from './Predict.tsx';

const PLUGINS = [remarkGfm, remarkDirective, lessonMarkdown];

/** What `lessonMarkdown` has left on an element. */
const propertyOf = ({ node }: ExtraProps, name: string): string => String(node?.properties[name] ?? '');

function Block(props: ComponentProps<'section'> & ExtraProps) {
  const { children } = props;
  const id = propertyOf(props, 'dataId');
  switch (propertyOf(props, 'dataLesson')) {
    case 'block':
      return <BlockCommand text={propertyOf(props, 'dataText')} />;
    case 'check':
      return <Checklist ids={propertyOf(props, 'dataIds').split(/[\s,]+/)} />;
    case 'predict':
      return <Predict id={id} />;
    case 'hint':
      return <Hint>{children}</Hint>;
    case 'mistake':
      return <Mistake id={id}>{children}</Mistake>;
    case 'debrief':
      return <Debrief>{children}</Debrief>;
    case 'why':
      return (
        <Why of={propertyOf(props, 'dataOf')} namespace={propertyOf(props, 'dataNamespace') || 'default'}>
          {children}
        </Why>
      );
    default:
      return <section>{children}</section>;
  }
}

function Inline(props: ComponentProps<'samp'> & ExtraProps) {
  const does = propertyOf(props, 'dataLesson');
  if (does !== 'run' && does !== 'copy' && does !== 'open') return <samp>{props.children}</samp>;
  return <InlineCommand does={does} text={propertyOf(props, 'dataText')} target={propertyOf(props, 'dataTarget')} />;
}

/** Where a link leads: a page of the cluster opens in the browser panel, anything else in a tab of its own. */
function Anchor({ href = '', children }: { readonly href?: string | undefined; readonly children?: ReactNode }) {
  if (/^http:\/\/(node-\d|control-plane|localhost|\d+\.\d+\.\d+\.\d+)[:/]/.test(href))
    return (
      <button type="button" className="link lesson-link" onClick={() => openBrowser(href)}>
        {children}
      </button>
    );
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

const COMPONENTS: Components = {
  section: Block,
  samp: Inline,
  a: ({ href, children }) => <Anchor href={href}>{children}</Anchor>,
  img: () => null,
};

export function Prose({ text }: { readonly text: string }) {
  return (
    <div className="lesson-prose">
      <Markdown remarkPlugins={PLUGINS} components={COMPONENTS} skipHtml>
        {text}
      </Markdown>
    </div>
  );
}
