/** Labels and annotations, changed as `kubectl label` and `kubectl annotate` do. */
import { type FormEvent, useState } from 'react';
import { useReadOnly } from '../../cluster/index.ts';
import { Cross, Plus } from '../../design/icons.tsx';
import { Button, IconButton } from '../../design/index.ts';
import type { ObjectReference } from '../../session/index.ts';
import { useInspectorWords } from './words/use-words.ts';

interface PairsProps {
  readonly verb: 'label' | 'annotate';
  readonly reference: ObjectReference;
  readonly pairs: { readonly [key: string]: string } | undefined;
  readonly run: (line: string) => void;
}

const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Long values are folded. */
const LONG = 80;

export function Pairs({ verb, reference, pairs = {}, run }: PairsProps) {
  const say = useInspectorWords();
  const readOnly = useReadOnly();
  const [adding, setAdding] = useState(false);
  const { resource, namespace, name } = reference;
  const line = (pair: string) =>
    `kubectl ${verb} ${resource.singular} ${name}${namespace === undefined ? '' : ` -n ${namespace}`} ${pair}`;
  return (
    <div>
      <dt>{say(verb === 'label' ? 'labels' : 'annotations')}</dt>
      <dd>
        {Object.entries(pairs).map(([key, value]) => (
          <span key={key} className="badge pair" title={`${key}=${value}`}>
            {key}={value.length > LONG ? `${value.slice(0, LONG)}…` : value}
            <IconButton
              label={say('removePair', { key })}
              title={line(`${key}-`)}
              disabled={readOnly}
              onClick={() => run(line(`${key}-`))}
            >
              <Cross size={12} />
            </IconButton>
          </span>
        ))}
        {adding ? (
          <PairForm
            onAdd={(key, value) => {
              setAdding(false);
              run(line(`${key}=${quoted(value)} --overwrite`));
            }}
            onCancel={() => setAdding(false)}
          />
        ) : (
          <IconButton
            label={say(verb === 'label' ? 'addLabel' : 'addAnnotation')}
            disabled={readOnly}
            onClick={() => setAdding(true)}
          >
            <Plus size={14} />
          </IconButton>
        )}
      </dd>
    </div>
  );
}

function PairForm({
  onAdd,
  onCancel,
}: {
  readonly onAdd: (key: string, value: string) => void;
  readonly onCancel: () => void;
}) {
  const say = useInspectorWords();
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd(key, value);
  };
  return (
    <form className="pair-form" onSubmit={submit}>
      <input
        className="field"
        aria-label={say('key')}
        placeholder={say('key')}
        required
        pattern="([a-z0-9.\-]+/)?[A-Za-z0-9]([A-Za-z0-9_.\-]*[A-Za-z0-9])?"
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <input
        className="field"
        aria-label={say('value')}
        placeholder={say('value')}
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <Button type="submit">{say('add')}</Button>
      <Button onClick={onCancel}>{say('cancel')}</Button>
    </form>
  );
}
