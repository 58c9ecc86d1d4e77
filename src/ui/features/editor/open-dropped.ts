/** Files that come from outside: dropped or pasted. */
import { notify } from '../../session/index.ts';
import { addFile } from './files.ts';
import { MAX_TEXT } from './manifest/manifests.ts';
import type { EditorSay } from './words/words.ts';

export async function openDropped(dropped: FileList, say: EditorSay): Promise<void> {
  for (const file of dropped) {
    if (fits(file.name, file.size, say)) addFile(file.name, await file.text());
  }
}

/** Whether the editor takes a text of that length; says so when it does not. */
export function fits(name: string, length: number, say: EditorSay): boolean {
  if (length <= MAX_TEXT) return true;
  notify({ tone: 'bad', title: name, text: say('tooLarge', { name, size: Math.round(length / 1000) }) });
  return false;
}
