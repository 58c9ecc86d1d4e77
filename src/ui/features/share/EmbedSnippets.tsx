import { useState } from 'react';
import type { EmbedView } from '../../session/index.ts';
import { Copyable } from './Copyable.tsx';
import { useShareWords } from './words/use-words.ts';

const VIEWS = [
  ['', 'embedAll'],
  ['map', 'embedMap'],
  ['editor', 'embedEditor'],
  ['terminal', 'embedTerminal'],
  ['lesson', 'embedLesson'],
] as const;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Snippets for somebody's own page: an iframe, and Markdown for where there are none. */
export function EmbedSnippets({ url, title }: { readonly url: string; readonly title: string }) {
  const say = useShareWords();
  const [view, setView] = useState<EmbedView | ''>('');
  const [readOnly, setReadOnly] = useState(false);
  const embedded = new URL(url);
  embedded.search = `embed${view && `&view=${view}`}${readOnly ? '&readonly' : ''}`;
  const name = title || 'Podarium';
  const html = `<iframe src="${escaped(embedded.href)}" title="${escaped(name)}" width="100%" height="600" loading="lazy" allow="clipboard-write" style="border:1px solid #ccc;border-radius:8px"></iframe>`;
  const markdown = `[${name.replace(/[[\]\\]/g, '\\$&')}](${url})`;
  return (
    <details className="share-embed">
      <summary>{say('embedTitle')}</summary>
      <p className="quiet">{say('embedText')}</p>
      <div className="share-embed-choices">
        <label>
          {say('embedView')}{' '}
          <select className="field" value={view} onChange={(event) => setView(event.target.value as EmbedView | '')}>
            {VIEWS.map(([value, word]) => (
              <option key={value} value={value}>
                {say(word)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={readOnly} onChange={(event) => setReadOnly(event.target.checked)} />
          {say('embedReadOnly')}
        </label>
      </div>
      <Copyable label={say('html')} text={html} />
      <Copyable label={say('markdown')} text={markdown} />
    </details>
  );
}
