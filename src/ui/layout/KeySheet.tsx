import { useMemo } from 'react';
import { useClockControls } from '../cluster/index.ts';
import { Dialog } from '../design/Dialog.tsx';
import { Button } from '../design/index.ts';
import { useSession, useWords } from '../session/index.ts';
import { KEY_HINTS } from './commands/built-in.ts';
import { isMac, shownKeys } from './commands/keys.ts';
import { useCommands } from './commands/use-commands.ts';

/** All keys at a glance, by what they are for: from the same list that the keyboard obeys. */
export default function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const say = useWords();
  const locale = useSession((session) => session.locale);
  const commands = useCommands(useClockControls());
  const groups = useMemo(() => {
    const found = new Map<string, { readonly keys?: string; readonly label: (typeof KEY_HINTS)[0]['label'] }[]>();
    for (const row of [...commands.filter(({ keys }) => keys), ...KEY_HINTS]) {
      const heading = row.group[locale];
      found.set(heading, [...(found.get(heading) ?? []), row]);
    }
    return [...found];
  }, [commands, locale]);
  const mac = isMac();
  return (
    <Dialog title={say('keysTitle')} className="dialog wide" onClose={onClose}>
      <div className="key-sheet">
        {groups.map(([group, rows]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {rows.map(({ keys = '', label }) => (
                <div key={keys}>
                  <dt>
                    <kbd>{shownKeys(keys, mac)}</kbd>
                  </dt>
                  <dd>{label[locale]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="dialog-actions">
        <Button onClick={onClose}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}
