import { nodes, type Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { useAge } from '../../cluster/index.ts';
import { Status, toneOfCondition, toneOfStatus } from '../../design/index.ts';
import { type ObjectReference, select, useWords } from '../../session/index.ts';
import { Containers } from './Containers.tsx';
import { Data } from './Data.tsx';
import { Events } from './Events.tsx';
import { conditionsOf, fieldOf } from './loose.ts';
import { Pairs } from './Metadata.tsx';
import { Owners } from './Owners.tsx';
import { Related } from './Related.tsx';
import { useRun } from './use-run.ts';

interface SummaryProps {
  readonly reference: ObjectReference;
  readonly object: KubeObject;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret's values are not told by an annotation either. */
function shown({ resource }: ObjectReference, annotations: { readonly [key: string]: string } | undefined) {
  if (resource.plural !== 'secrets' || !annotations?.[LAST_APPLIED]) return annotations;
  return { ...annotations, [LAST_APPLIED]: '…' };
}

export function Summary({ reference, object }: SummaryProps) {
  const say = useWords();
  const run = useRun(say);
  const { metadata } = object;
  const { plural } = reference.resource;
  const phase = fieldOf(object, 'status', 'phase');
  const node = fieldOf(object, 'spec', 'nodeName');
  const age = useAge(metadata.creationTimestamp);
  const conditions = conditionsOf(object);
  return (
    <div className="summary">
      <dl className="facts">
        {typeof phase === 'string' && (
          <Fact name={say('status')}>
            <Status tone={toneOfStatus(phase) ?? 'idle'} text={phase} />
          </Fact>
        )}
        {typeof node === 'string' && (
          <Fact name={say('node')}>
            <button type="button" className="link mono" onClick={() => select({ resource: nodes, name: node })}>
              {node}
            </button>
          </Fact>
        )}
        <Fact name={say('created')}>
          <span className="mono">{metadata.creationTimestamp?.replace('T', ' ').replace('Z', '')}</span>{' '}
          <span className="quiet">({age})</span>
        </Fact>
        {metadata.ownerReferences && (
          <Fact name={say('owners')}>
            <Owners references={metadata.ownerReferences} namespace={metadata.namespace} />
          </Fact>
        )}
        <Related reference={reference} object={object} />
        <Pairs verb="label" reference={reference} pairs={metadata.labels} run={run} />
        <Pairs verb="annotate" reference={reference} pairs={shown(reference, metadata.annotations)} run={run} />
      </dl>
      {plural === 'pods' && <Containers pod={object as Pod} />}
      {(plural === 'configmaps' || plural === 'secrets') && <Data object={object} secret={plural === 'secrets'} />}
      {conditions.length > 0 && (
        <>
          <h3>{say('conditions')}</h3>
          <ul className="conditions">
            {conditions.map(({ type, status, reason, message }) => (
              <li key={type}>
                <Status tone={toneOfCondition(type, status)} text={`${type} = ${status}`} />{' '}
                {reason && <span className="quiet">{reason}</span>}
                {message && <p className="quiet">{message}</p>}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{say('events')}</h3>
      <Events kind={reference.resource.kind} name={reference.name} namespace={reference.namespace} />
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
