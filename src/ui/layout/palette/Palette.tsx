/** Everything by name: commands, kinds, namespaces, objects, and command lines for the terminal. */
import { Command } from 'cmdk';
import { useMemo, useRef, useState } from 'react';
import { Dialog } from '../../design/Dialog.tsx';
import { KindMark } from '../../design/index.ts';
import { closeOverlay, useWords } from '../../session/index.ts';
import { isMac, shownKeys } from '../commands/keys.ts';
import type { Entry } from './entries.ts';
import { remember } from './recent.ts';
import { useEntries } from './use-entries.ts';
import './palette.css';

/** Entries under their headings, in the order in which headings first appear. */
function grouped(entries: readonly Entry[]): readonly (readonly [string, readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.group);
    if (group) group.push(entry);
    else groups.set(entry.group, [entry]);
  }
  return [...groups];
}

const markOf = ({ group, id }: Entry): string => `${group} ${id}`;

export default function Palette() {
  const say = useWords();
  const [query, setQuery] = useState('');
  const entries = useEntries(query);
  const groups = useMemo(() => grouped(entries), [entries]);
  // The best one is chosen until somebody moves away from it, also while more are still arriving.
  const [picked, setPicked] = useState<string>();
  const best = groups[0]?.[1][0];
  const first = best ? markOf(best) : '';
  const value = picked !== undefined && entries.some((entry) => markOf(entry) === picked) ? picked : first;
  const search = (text: string) => {
    setQuery(text);
    setPicked(undefined);
  };
  const chosen = useRef<Entry>(undefined);
  const choose = (entry: Entry) => {
    chosen.current = entry;
    if (entry.id !== 'line') remember(entry.id);
    closeOverlay();
  };
  // What is chosen may move the focus: so it acts when the focus is about to return.
  const onClosed = (event: Event) => {
    const entry = chosen.current;
    if (!entry) return;
    event.preventDefault();
    Promise.resolve(entry.run()).catch(reportError);
  };
  return (
    <Dialog title={say('palette')} className="palette" onClose={closeOverlay} onClosed={onClosed}>
      <Command
        label={say('palette')}
        shouldFilter={false}
        loop
        value={value}
        onValueChange={(next) => setPicked(next === first ? undefined : next)}
      >
        <Command.Input value={query} onValueChange={search} placeholder={say('paletteHint')} />
        <Command.List label={say('palette')}>
          {groups.map(([group, members]) => (
            <Command.Group key={group} heading={group}>
              {members.map((entry) => (
                <Row key={entry.id} entry={entry} onChoose={choose} />
              ))}
            </Command.Group>
          ))}
        </Command.List>
        <p className="palette-count quiet" role="status">
          {entries.length === 0 ? say('nothingMatches', { filter: query }) : say('found', { count: entries.length })}
        </p>
      </Command>
    </Dialog>
  );
}

function Row({ entry, onChoose }: { readonly entry: Entry; readonly onChoose: (entry: Entry) => void }) {
  return (
    <Command.Item value={markOf(entry)} onSelect={() => onChoose(entry)}>
      {entry.kind && <KindMark kind={entry.kind} />}
      <span className="palette-label">{entry.label}</span>
      {entry.detail && <span className="palette-detail quiet">{entry.detail}</span>}
      {entry.keys && <kbd>{shownKeys(entry.keys, isMac())}</kbd>}
    </Command.Item>
  );
}
