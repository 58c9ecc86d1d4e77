/** All marks, to search through. */
import { useMemo, useState } from 'react';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { closeOverlay } from '../../session/index.ts';
import { useMarks } from './feed.ts';
import { MarkList } from './MarkList.tsx';
import { MARK_KINDS, type MarkKind } from './model/marks.ts';
import { useTimelineWords } from './words/use-words.ts';
import './timeline.css';

const LISTED = 400;

export default function MarksDialog() {
  const say = useTimelineWords();
  const marks = useMarks();
  const [kind, setKind] = useState<MarkKind | ''>('');
  const [text, setText] = useState('');
  const found = useMemo(() => {
    const wanted = text.toLowerCase();
    return marks.filter((mark) => (kind === '' || mark.kind === kind) && mark.label.toLowerCase().includes(wanted));
  }, [marks, kind, text]);
  return (
    <Dialog title={say('listTitle')} description={say('listText')} onClose={closeOverlay}>
      <div className="mark-filter">
        <input
          className="field"
          type="search"
          aria-label={say('filter')}
          placeholder={say('filter')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          className="field"
          aria-label={say('allKinds')}
          value={kind}
          onChange={(event) => setKind(event.target.value as MarkKind | '')}
        >
          <option value="">{say('allKinds')}</option>
          {MARK_KINDS.map((one) => (
            <option key={one} value={one}>
              {say(one)}
            </option>
          ))}
        </select>
      </div>
      <div className="mark-dialog">
        {marks.length > 0 && found.length === 0 ? (
          <p className="quiet">{say('noMatch')}</p>
        ) : (
          <MarkList marks={found} most={LISTED} onChosen={closeOverlay} />
        )}
      </div>
      <div className="dialog-actions">
        <Button onClick={closeOverlay}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}
