import { nodes } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { useAge } from '../../cluster/index.ts';
import { Status, toneOfCondition, toneOfStatus } from '../../design/index.ts';
import { type ObjectReference, select, useWords } from '../../session/index.ts';
import { Events } from './Events.tsx';
import { conditionsOf, fieldOf } from './loose.ts';
import { Owners } from './Owners.tsx';

interface SummaryProps {
  readonly reference: ObjectReference;
  readonly object: KubeObject;
}

export function Summary({ reference, object }: SummaryProps) {
  const say = useWords();
  const { metadata } = object;
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
        <Pairs name={say('labels')} pairs={metadata.labels} />
      </dl>
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

function Pairs({
  name,
  pairs,
}: {
  readonly name: string;
  readonly pairs: { readonly [key: string]: string } | undefined;
}) {
  const entries = Object.entries(pairs ?? {});
  if (entries.length === 0) return null;
  return (
    <Fact name={name}>
      {entries.map(([key, value]) => (
        <span key={key} className="badge" title={`${key}=${value}`}>
          {key}={value}
        </span>
      ))}
    </Fact>
  );
}
