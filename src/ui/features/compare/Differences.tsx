/** What is different, object by object. */
import { useMemo, useState } from 'react';
import { ScrollRegion } from '../../design/index.ts';
import type { Difference, FieldDifference } from './difference.ts';
import { useCompareWords } from './words/use-words.ts';

const FIELDS = 6;
const OBJECTS = 300;

export function Differences({ found }: { readonly found: readonly Difference[] }) {
  const say = useCompareWords();
  const [text, setText] = useState('');
  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return found
      .filter(({ kind, namespace, name }) => `${kind} ${namespace ?? ''}/${name}`.toLowerCase().includes(wanted))
      .slice(0, OBJECTS);
  }, [found, text]);
  const count = (is: Difference['is']) => found.filter((one) => one.is === is).length;
  if (found.length === 0) return <p role="status">{say('same')}</p>;
  return (
    <>
      <div className="compare-summary">
        <p role="status">{say('summary', { left: count('left'), right: count('right'), changed: count('changed') })}</p>
        <input
          className="field"
          type="search"
          aria-label={say('filter')}
          placeholder={say('filter')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className="compare-table">
        <ScrollRegion label={say('title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say('object')}</th>
                <th scope="col">{say('field')}</th>
                <th scope="col">{say('left')}</th>
                <th scope="col">{say('right')}</th>
              </tr>
            </thead>
            {shown.map((one) => (
              <Rows key={`${one.kind} ${one.namespace ?? ''}/${one.name}`} difference={one} />
            ))}
          </table>
        </ScrollRegion>
      </div>
    </>
  );
}

function Rows({ difference }: { readonly difference: Difference }) {
  const say = useCompareWords();
  const { kind, namespace, name, is, fields } = difference;
  const shown = fields.slice(0, FIELDS);
  const rest = fields.length - shown.length;
  const head = (
    <th scope="rowgroup" rowSpan={is === 'changed' ? shown.length + (rest > 0 ? 1 : 0) : 1}>
      <span className="quiet">{kind}</span> {namespace && <span className="quiet">{namespace}/</span>}
      {name}
    </th>
  );
  if (is !== 'changed') {
    return (
      <tbody data-is={is}>
        <tr>
          {head}
          <td />
          <td>{is === 'left' ? <OnlyHere text={say('onlyLeft')} sign="−" /> : <Absent />}</td>
          <td>{is === 'right' ? <OnlyHere text={say('onlyRight')} sign="+" /> : <Absent />}</td>
        </tr>
      </tbody>
    );
  }
  return (
    <tbody data-is={is}>
      {shown.map((field, i) => (
        <tr key={field.path}>
          {i === 0 && head}
          <td className="mono">{field.path}</td>
          <Value of={field.left} />
          <Value of={field.right} />
        </tr>
      ))}
      {rest > 0 && (
        <tr>
          <td className="quiet" colSpan={3}>
            {say('more', { count: rest })}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function OnlyHere({ text, sign }: { readonly text: string; readonly sign: string }) {
  return (
    <strong>
      <span aria-hidden="true">{sign} </span>
      {text}
    </strong>
  );
}

function Absent() {
  const say = useCompareWords();
  return <span className="quiet">{say('absent')}</span>;
}

function Value({ of }: { readonly of: FieldDifference['left'] }) {
  return <td className="mono compare-value">{of === undefined ? <Absent /> : of}</td>;
}
