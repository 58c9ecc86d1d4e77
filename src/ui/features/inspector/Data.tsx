/** What a ConfigMap or a Secret holds. A Secret's values are hidden until somebody asks for them. */
import { useState } from 'react';
import type { KubeObject } from '#engine/apimachinery';
import { fromBase64 } from '#engine/sim';
import { Button } from '../../design/index.ts';
import { fieldOf } from './loose.ts';
import { useInspectorWords } from './words/use-words.ts';

type Texts = { readonly [key: string]: string };

/** A value of a Secret as text; bytes that are no text stay as they are written. */
function decoded(base64: string): string {
  const bytes = fromBase64(base64);
  try {
    return bytes ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : base64;
  } catch (error) {
    if (error instanceof TypeError) return base64;
    throw error;
  }
}

export function Data({ object, secret }: { readonly object: KubeObject; readonly secret: boolean }) {
  const say = useInspectorWords();
  const [revealed, setRevealed] = useState(false);
  const entries = Object.entries((fieldOf(object, 'data') ?? {}) as Texts);
  if (entries.length === 0) return null;
  const sizeOf = (value: string) => (secret ? Math.floor((value.replace(/=+$/, '').length * 3) / 4) : value.length);
  return (
    <>
      <div className="data-head">
        <h3>{say('data')}</h3>
        {secret && <Button onClick={() => setRevealed(!revealed)}>{say(revealed ? 'hide' : 'reveal')}</Button>}
      </div>
      <dl className="data">
        {entries.map(([key, value]) => (
          <div key={key}>
            <dt className="mono">{key}</dt>
            <dd>
              {secret && !revealed ? (
                <span className="quiet">{say('hidden', { count: sizeOf(value) })}</span>
              ) : (
                <pre>{secret ? decoded(value) : value}</pre>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
