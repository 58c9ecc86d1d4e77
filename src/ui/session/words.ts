/** The interface's words in the language chosen. Chinese is loaded when asked for. */
import { useEffect, useState } from 'react';
import { useSession } from './session.ts';
import { en } from './words/en.ts';
import type { WordKey, Words } from './words/words.ts';

/** Fills `{name}` in a text. */
export type Say = (key: WordKey, values?: { readonly [name: string]: string | number }) => string;

const loaded: { en: Words; zh?: Words } = { en };
const loading = new Set<() => void>();

async function loadChinese(): Promise<void> {
  const { zh } = await import('./words/zh.ts');
  loaded.zh = zh;
  for (const listener of loading) listener();
}

const sayers = new Map<Words, Say>();

function sayerOf(words: Words): Say {
  let say = sayers.get(words);
  if (!say) {
    say = (key, values) =>
      values ? words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')) : words[key];
    sayers.set(words, say);
  }
  return say;
}

/** `say('pause')`: a text of the interface. Re-renders when the language changes. */
export function useWords(): Say {
  const locale = useSession((session) => session.locale);
  const [, rerender] = useState(0);
  useEffect(() => {
    if (loaded[locale]) return;
    const listener = () => rerender((count) => count + 1);
    loading.add(listener);
    loadChinese().catch(() => undefined);
    return () => {
      loading.delete(listener);
    };
  }, [locale]);
  return sayerOf(loaded[locale] ?? en);
}
