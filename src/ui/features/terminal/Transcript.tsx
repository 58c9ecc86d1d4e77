/** The last lines of a screen as plain text, for those who read line by line. */
import { useEffect, useState } from 'react';
import { ScrollRegion } from '../../design/index.ts';
import type { Screen } from './screen.ts';
import { textOf } from './scrollback.ts';
import type { TerminalSay } from './words/words.ts';

const LINES = 200;
const REST_MS = 400;

export function Transcript({ screen, say }: { readonly screen: Screen; readonly say: TerminalSay }) {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      timer = undefined;
      setText(textOf(screen.term, LINES));
    };
    read();
    const written = screen.term.onWriteParsed(() => {
      timer ??= setTimeout(read, REST_MS);
    });
    return () => {
      clearTimeout(timer);
      written.dispose();
    };
  }, [screen]);
  return (
    <div className="transcript">
      <p className="quiet">{say('transcriptText')}</p>
      <ScrollRegion label={say('transcript')}>
        <pre>{text}</pre>
      </ScrollRegion>
    </div>
  );
}
