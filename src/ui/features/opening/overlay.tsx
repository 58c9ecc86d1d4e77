/** A link is being opened, and how that went. */
import type { ReactNode } from 'react';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { closeOverlay } from '../../session/index.ts';
import type { LinkProblem } from '../share/link/codec.ts';
import { type Opened, useOpened } from '../share/opened.ts';
import { useShareWords } from '../share/words/use-words.ts';
import type { ShareSay } from '../share/words/words.ts';
import '../share/share.css';

export default function Opening() {
  const say = useShareWords();
  const opened = useOpened((state) => state.opened);
  if (opened.state === 'none') return null;
  const { title, body } = contentOf(opened, say);
  const busy = opened.state === 'opening';
  return (
    <Dialog title={title} onClose={() => !busy && closeOverlay()}>
      {body}
      <div className="dialog-actions">
        {busy ? (
          <Button onClick={leave}>{say('leave')}</Button>
        ) : (
          <Button look="main" onClick={closeOverlay}>
            {say('goOn')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

/** Without the link, the page opens what is the visitor's own. */
function leave(): void {
  const url = new URL(location.href);
  url.hash = '';
  history.replaceState(undefined, '', url);
  location.reload();
}

const PROBLEM: { readonly [problem in LinkProblem]: 'broken' | 'tooLarge' | 'notOurs' | 'newer' } = {
  broken: 'broken',
  'too-large': 'tooLarge',
  'not-ours': 'notOurs',
  newer: 'newer',
};

type Shown = Exclude<Opened, { state: 'none' }>;

function contentOf(opened: Shown, say: ShareSay): { readonly title: string; readonly body: ReactNode } {
  switch (opened.state) {
    case 'opening':
      return {
        title: say('openingTitle', { title: opened.title || say('openingUntitled') }),
        body: <Progress {...opened} />,
      };
    case 'broken':
      return {
        title: say('brokenTitle'),
        body: (
          <>
            <p role="alert">{say(PROBLEM[opened.problem])}</p>
            <p className="quiet">
              {say('detail')}: <code>{opened.detail.slice(0, 300)}</code>
            </p>
          </>
        ),
      };
    case 'same':
      return { title: say('sameTitle'), body: <p role="status">{say('sameText', opened)}</p> };
    case 'different':
      return { title: say('differentTitle'), body: <p role="status">{say('differentText', opened)}</p> };
    case 'manifests':
      return {
        title: say(opened.reason === 'alone' ? 'aloneTitle' : 'otherBuildTitle'),
        body: (
          <>
            <p role="status">{say(opened.reason === 'alone' ? 'aloneText' : 'otherBuildText')}</p>
            {opened.failed && <p>{say('appliedWithErrors')}</p>}
            {opened.output && <pre className="command share-output">{opened.output}</pre>}
          </>
        ),
      };
  }
}

function Progress({ inputs, done }: { readonly inputs: number; readonly done: number }) {
  const say = useShareWords();
  return (
    <>
      <p>{inputs > 0 ? say('openingReplay', { inputs }) : say('openingBoot')}</p>
      <progress aria-label={say('openingProgress')} {...(inputs > 0 && { max: 1, value: done })} />
    </>
  );
}
