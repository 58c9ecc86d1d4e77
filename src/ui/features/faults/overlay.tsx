/** What is broken, and what can be broken about an object or about the whole cluster. */
import { useReadOnly } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button, ScrollRegion, Status } from '../../design/index.ts';
import { closeOverlay, useSession } from '../../session/index.ts';
import { ClusterFaults } from './ClusterFaults.tsx';
import { faultText } from './fault-text.ts';
import { NetworkFaults } from './NetworkFaults.tsx';
import { NodeFaults, PodFaults } from './ObjectFaults.tsx';
import { Section } from './Section.tsx';
import { useBreak, useFaults } from './use-faults.ts';
import { useFaultWords } from './words/use-words.ts';
import './faults.css';

export default function Faults() {
  const say = useFaultWords();
  const of = useSession((session) => session.faultsOf);
  const past = useReadOnly();
  const kind = of?.resource.plural;
  return (
    <Dialog
      title={of ? say('titleOf', { name: of.name }) : say('title')}
      description={past ? say('past') : say('text')}
      className="dialog wide faults"
      onClose={closeOverlay}
    >
      <ScrollRegion label={say('title')}>
        <fieldset disabled={past}>
          <Current />
          {of && kind === 'pods' && <PodFaults reference={of} />}
          {of && kind === 'nodes' && <NodeFaults name={of.name} />}
          <NetworkFaults of={of} />
          {kind !== 'pods' && kind !== 'nodes' && <ClusterFaults />}
        </fieldset>
      </ScrollRegion>
      <div className="dialog-actions">
        <Button onClick={closeOverlay}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}

function Current() {
  const say = useFaultWords();
  const faults = useFaults();
  const submit = useBreak();
  return (
    <Section title={say('current')}>
      <div role="status" className="current-faults">
        {faults.length === 0 && <p className="quiet">{say('none')}</p>}
        <ul>
          {faults.map((standing) => (
            <li key={JSON.stringify(standing.fault)}>
              <Status tone="bad" text={faultText(standing.fault, say)} />
              <span className="quiet">
                {say('since', { time: new Date(standing.since).toISOString().slice(11, 19) })}
              </span>
              <Button onClick={() => void submit(standing.undo)}>{say('revoke')}</Button>
            </li>
          ))}
        </ul>
        {faults.length > 1 && (
          <Button
            onClick={() => {
              for (const { undo } of faults) void submit(undo);
            }}
          >
            {say('revokeAll')}
          </Button>
        )}
      </div>
    </Section>
  );
}
