/** The wire between any two. */
import { useState } from 'react';
import { nodes, pods } from '#engine/api';
import { useList } from '../../cluster/index.ts';
import { Button } from '../../design/index.ts';
import type { ObjectReference } from '../../session/index.ts';
import { Section } from './Section.tsx';
import { useBreak } from './use-faults.ts';
import { useFaultWords } from './words/use-words.ts';

const EXTRA_MS = 500;
const LOSS = 1 / 3;
/** Pods that are offered: a list of thousands helps nobody. */
const PODS = 200;

const partyOf = (of: ObjectReference | undefined): string =>
  of?.resource.plural === 'pods' ? `pod:${of.namespace}/${of.name}` : of?.resource.plural === 'nodes' ? of.name : '*';

export function NetworkFaults({ of }: { readonly of: ObjectReference | undefined }) {
  const say = useFaultWords();
  const submit = useBreak();
  const { items: nodeList } = useList(nodes);
  const [a, setA] = useState(partyOf(of));
  const [b, setB] = useState('workstation');
  const machines = nodeList.map(({ metadata }) => metadata.name).sort();
  const between = [a, b] as const;
  const same = a === b;
  return (
    <Section title={say('network')}>
      <div className="fault-link">
        <Party label={say('between')} value={a} machines={machines} onChange={setA} />
        <Party label={say('and')} value={b} machines={machines} onChange={setB} />
      </div>
      <div className="fault-buttons">
        <Button look="danger" disabled={same} onClick={() => void submit({ do: 'link.cut', between })}>
          {say('cut')}
        </Button>
        <Button disabled={same} onClick={() => void submit({ do: 'link.slow', between, extraMs: EXTRA_MS })}>
          {say('slow')}
        </Button>
        <Button disabled={same} onClick={() => void submit({ do: 'link.lose', between, probability: LOSS })}>
          {say('lose')}
        </Button>
      </div>
    </Section>
  );
}

interface PartyProps {
  readonly label: string;
  readonly value: string;
  readonly machines: readonly string[];
  readonly onChange: (party: string) => void;
}

function Party({ label, value, machines, onChange }: PartyProps) {
  const say = useFaultWords();
  const { items } = useList(pods);
  const names = items.slice(0, PODS).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return (
    <label>
      {label}{' '}
      <select className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="*">{say('anyone')}</option>
        <option value="workstation">{say('workstation')}</option>
        <optgroup label="Node">
          {machines.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
        <optgroup label="Pod">
          {names.sort().map((name) => (
            <option key={name} value={`pod:${name}`}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}
