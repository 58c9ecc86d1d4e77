/** Two states beside each other, by what is different. */
import { useEffect, useMemo, useState } from 'react';
import type { Mark } from '../../../workers/protocol.ts';
import { type ClockState, useClock, useEngine } from '../../cluster/index.ts';
import type { KeptCluster } from '../../cluster/kept.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { closeOverlay } from '../../session/index.ts';
import { Differences } from './Differences.tsx';
import { type Difference, differences } from './difference.ts';
import { lookAt, type Side, sidesOf } from './sides.ts';
import { useCompareWords } from './words/use-words.ts';
import './compare.css';

type State =
  | { readonly is: 'comparing'; readonly share?: number }
  | { readonly is: 'compared'; readonly found: readonly Difference[] }
  | { readonly is: 'failed'; readonly why: string };

export default function CompareDialog() {
  const say = useCompareWords();
  const clock = useClock();
  return (
    <Dialog title={say('title')} description={say('text')} className="dialog compare" onClose={closeOverlay}>
      {clock && <Compare first={clock} />}
      <div className="dialog-actions">
        <Button onClick={closeOverlay}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}

/** Marks and kept clusters, as they are when the dialog opens. */
function useChoices(): { readonly marks: readonly Mark[]; readonly kept: readonly KeptCluster[] } {
  const { api, ready } = useEngine();
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const [kept, setKept] = useState<readonly KeptCluster[]>([]);
  useEffect(() => {
    let wanted = true;
    const others = async () => {
      const [{ keptClusters }, { id }] = await Promise.all([import('../../cluster/kept.ts'), ready]);
      const all = await keptClusters();
      if (wanted) setKept(all.filter((cluster) => cluster.id !== id));
    };
    Promise.resolve(api.marks(0)).then(
      (batch) => wanted && setMarks(batch.marks),
      () => undefined,
    );
    // Where nothing can be kept there are no others.
    others().catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [api, ready]);
  return { marks, kept };
}

/** @param first the clock when the dialog was opened: what is compared stands still */
function Compare({ first }: { readonly first: ClockState }) {
  const say = useCompareWords();
  const [clock] = useState(first);
  const { marks, kept } = useChoices();
  const sides = useMemo(() => sidesOf(say, clock, marks, kept), [say, clock, marks, kept]);
  const [leftId, setLeft] = useState(clock.past ? 'shown' : 'beginning');
  const [rightId, setRight] = useState('now');
  const sideOf = (id: string) => sides.find((side) => side.id === id) ?? (sides[0] as Side);
  const state = useComparison(sideOf(leftId), sideOf(rightId), clock.live);
  return (
    <>
      <div className="compare-sides">
        <SideSelect label={say('left')} sides={sides} value={leftId} onChange={setLeft} />
        <SideSelect label={say('right')} sides={sides} value={rightId} onChange={setRight} />
      </div>
      {state.is === 'comparing' && (
        <p role="status">
          {say('comparing')}
          {state.share !== undefined && <progress aria-label={say('progress')} max={1} value={state.share} />}
        </p>
      )}
      {state.is === 'failed' && (
        <p role="alert">
          {say('failed')}: {state.why === 'gone' ? say('gone') : <code className="command">{state.why}</code>}
        </p>
      )}
      {state.is === 'compared' && <Differences found={state.found} />}
    </>
  );
}

function useComparison(left: Side, right: Side, live: number): State {
  const engine = useEngine();
  const [state, setState] = useState<State>({ is: 'comparing' });
  const leftAt = left.at ?? right.at ?? live;
  const rightAt = right.at ?? left.at ?? live;
  useEffect(() => {
    let wanted = true;
    setState({ is: 'comparing' });
    const progress = (share: number) => wanted && setState({ is: 'comparing', share });
    const looks = [lookAt(engine, left, leftAt, progress), lookAt(engine, right, rightAt, progress)] as const;
    Promise.all([looks[0].facts, looks[1].facts]).then(
      ([a, b]) => wanted && setState({ is: 'compared', found: differences(a, b) }),
      (error: unknown) =>
        wanted && setState({ is: 'failed', why: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      wanted = false;
      for (const look of looks) look.cancel();
    };
  }, [engine, left, right, leftAt, rightAt]);
  return state;
}

interface SideSelectProps {
  readonly label: string;
  readonly sides: readonly Side[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function SideSelect({ label, sides, value, onChange }: SideSelectProps) {
  return (
    <label>
      {label}
      <select className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        {sides.map((side) => (
          <option key={side.id} value={side.id}>
            {side.label}
          </option>
        ))}
      </select>
    </label>
  );
}
