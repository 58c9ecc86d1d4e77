/** Files that leave the page, and those that come back. */
import { notify, useSession } from '../../session/index.ts';
import { LinkError, MAX_TEXT_BYTES, pack } from './link/codec.ts';
import { readShared } from './link/shared.ts';
import { en } from './words/en.ts';
import { zh } from './words/zh.ts';

export function saveText(name: string, text: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** As a name of a file: what every system takes. */
export const fileNameOf = (title: string): string =>
  title.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || 'cluster';

/** Opens a cluster that was saved to a file: like its link, which may be longer than links can be. Says why not when it cannot. */
export async function openSharedFile(file: File): Promise<void> {
  try {
    if (file.size > MAX_TEXT_BYTES) throw new LinkError('too-large', `${file.size} bytes`);
    const text = await file.text();
    readShared(text);
    // The page hears of it, and starts over.
    location.hash = `s=${await pack(text)}`;
  } catch (error) {
    const words = useSession.getState().locale === 'zh' ? zh : en;
    const why = error instanceof Error ? error.message : String(error);
    notify({ tone: 'bad', title: file.name, text: `${words.brokenTitle}: ${why}` });
  }
}
