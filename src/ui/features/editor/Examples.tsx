/** The library of examples: each opens in a file of its own. */
import { Dialog } from '../../design/Dialog.tsx';
import { useSession } from '../../session/index.ts';
import { type Example, readExample } from './examples/library.ts';
import { addFile } from './files.ts';
import type { EditorSay } from './words/words.ts';

const sources = import.meta.glob<string>('./examples/*.yaml', { query: '?raw', import: 'default', eager: true });
const examples: readonly Example[] = Object.entries(sources)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([path, source]) => readExample(path, source));

export default function Examples({ say, onClose }: { readonly say: EditorSay; readonly onClose: () => void }) {
  const locale = useSession((session) => session.locale);
  return (
    <Dialog title={say('examples')} description={say('examplesText')} onClose={onClose}>
      <ul className="editor-examples">
        {examples.map(({ file, description, text }) => (
          <li key={file}>
            <button
              type="button"
              onClick={() => {
                addFile(file, text);
                onClose();
              }}
            >
              <strong>{file.replace(/\.yaml$/, '')}</strong>
              <span className="quiet">{description[locale]}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
