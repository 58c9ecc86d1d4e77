import { useEffect, useMemo, useState } from 'react';
import { ScrollRegion } from '../../design/index.ts';
import { type Loaded, textOf } from './load.ts';
import type { BrowserSay } from './words/words.ts';

type Answer = Extract<Loaded, { status: number }>;

/** The longest text that is laid out. */
const MAX_CHARACTERS = 300_000;

/** What is no page: JSON, text, a picture, or a file. */
export function PlainContent({ say, loaded }: { readonly say: BrowserSay; readonly loaded: Answer }) {
  const { contentType, body, status, url } = loaded;
  const host = new URL(url).host;
  const text = useMemo(() => (isText(contentType) ? shown(loaded) : undefined), [contentType, loaded]);
  if (body.length === 0) return <p className="browser-failed">{say('emptyAnswer', { host, status })}</p>;
  if (/^image\/(?!svg)[\w.+-]+$/.test(contentType)) return <Picture loaded={loaded} label={say('page', { host })} />;
  if (text === undefined) {
    return <p className="browser-failed">{say('file', { type: contentType, size: body.length })}</p>;
  }
  return (
    <ScrollRegion label={say('page', { host })}>
      <pre className="browser-text">{text}</pre>
      {(loaded.cut || text.length === MAX_CHARACTERS) && <p className="browser-note">{say('cut')}</p>}
    </ScrollRegion>
  );
}

const isText = (type: string): boolean =>
  type.startsWith('text/') || /[/+](json|xml|javascript|yaml|x-yaml|x-ndjson)$/.test(type);

function shown(loaded: Answer): string {
  const text = textOf(loaded);
  return (/[/+]json$/.test(loaded.contentType) ? pretty(text) : text).slice(0, MAX_CHARACTERS);
}

/** JSON with indentation; text that is none stays as it is. */
function pretty(text: string): string {
  if (text.length > MAX_CHARACTERS) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return text;
    throw error;
  }
}

function Picture({ loaded, label }: { readonly loaded: Answer; readonly label: string }) {
  const [source, setSource] = useState<string>();
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([new Uint8Array(loaded.body)], { type: loaded.contentType }));
    setSource(address);
    return () => URL.revokeObjectURL(address);
  }, [loaded]);
  return <div className="browser-picture">{source && <img src={source} alt={label} />}</div>;
}
