/** The library of examples: each opens in a file of its own. */
import { useMemo, useRef, useState } from 'react';
import { useDiscovery } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { useSession } from '../../session/index.ts';
import { examples } from './examples/all.ts';
import { type Example, GROUPS, type Group, searchExamples } from './examples/library.ts';
import { addFile } from './files.ts';
import type { EditorSay } from './words/words.ts';

const TITLES = {
  pods: 'groupPods',
  workloads: 'groupWorkloads',
  network: 'groupNetwork',
  config: 'groupConfig',
  scheduling: 'groupScheduling',
  storage: 'groupStorage',
  access: 'groupAccess',
  custom: 'groupCustom',
  broken: 'groupBroken',
} as const satisfies { readonly [group in Group]: string };

interface ExamplesProps {
  readonly say: EditorSay;
  readonly onClose: () => void;
}

export default function Examples({ say, onClose }: ExamplesProps) {
  const locale = useSession((session) => session.locale);
  const [text, setText] = useState('');
  const found = useMemo(() => searchExamples(examples, text, locale), [text, locale]);
  const served = useServedKinds();
  const list = useRef<HTMLDivElement>(null);
  const open = ({ file, text: manifest }: Example) => {
    addFile(file, manifest, { dirty: true });
    onClose();
  };
  return (
    <Dialog
      title={say('examples')}
      description={say('examplesText')}
      className="dialog editor-examples-dialog"
      onClose={onClose}
    >
      <input
        className="field"
        type="search"
        aria-label={say('searchExamples')}
        placeholder={say('searchExamples')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') list.current?.querySelector('button')?.focus();
          if (event.key === 'Enter' && found[0]) open(found[0]);
        }}
      />
      <p className="visually-hidden" role="status">
        {say('examplesFound', { count: found.length })}
      </p>
      <div className="editor-examples" ref={list}>
        {found.length === 0 && <p className="quiet">{say('noExample', { text })}</p>}
        {GROUPS.map((group) => {
          const own = found.filter((example) => example.group === group);
          if (own.length === 0) return undefined;
          return (
            <section key={group} aria-label={say(TITLES[group])}>
              <h3>{say(TITLES[group])}</h3>
              <ul>
                {own.map((example) => (
                  <Entry key={example.file} example={example} say={say} served={served} onOpen={open} />
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}

/** Undefined until the server has said what it serves. */
function useServedKinds(): ReadonlySet<string> | undefined {
  const groups = useDiscovery();
  return useMemo(
    () => groups && new Set(groups.flatMap(({ resources }) => resources.map(({ kind }) => kind))),
    [groups],
  );
}

interface EntryProps {
  readonly example: Example;
  readonly say: EditorSay;
  readonly served: ReadonlySet<string> | undefined;
  readonly onOpen: (example: Example) => void;
}

function Entry({ example, say, served, onOpen }: EntryProps) {
  const locale = useSession((session) => session.locale);
  const missing = served ? example.kinds.filter((kind) => !served.has(kind)) : [];
  return (
    <li>
      <button type="button" onClick={() => onOpen(example)}>
        <span className="editor-example-head">
          <strong>{example.file.replace(/\.yaml$/, '')}</strong>
          <span className="quiet">{example.kinds.join(', ')}</span>
        </span>
        <span>{example.description[locale]}</span>
        {missing.length > 0 && (
          <span className="editor-example-missing">{`▲ ${missing.join(', ')}: ${say('notSimulated')}`}</span>
        )}
      </button>
    </li>
  );
}
