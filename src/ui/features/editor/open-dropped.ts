/** Files that come from outside: dropped or pasted. */
import { notify } from '../../session/index.ts';
import { addFile } from './files.ts';
import type { EditorSay } from './words/words.ts';

const MAX_BYTES = 1_000_000;

export async function openDropped(dropped: FileList, say: EditorSay): Promise<void> {
  for (const file of dropped) {
    if (file.size > MAX_BYTES) {
      const size = Math.round(file.size / 1000);
      notify({ tone: 'bad', title: file.name, text: say('tooLarge', { name: file.name, size }) });
    } else addFile(file.name, await file.text());
  }
}
