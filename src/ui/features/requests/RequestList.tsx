/** The latest requests; those of one kubectl command under its line. */
import { useEffect, useState } from 'react';
import type { RequestRow } from '../../../workers/protocol.ts';
import { useEngine } from '../../cluster/index.ts';
import { ScrollRegion } from '../../design/index.ts';
import { update, useSession } from '../../session/index.ts';
import { clockTime } from './when.ts';
import { useRequestWords } from './words/use-words.ts';

const EVERY_MS = 1500;
const LIMIT = 200;

/** Asked for again while the list is on show. */
function useRows(everybody: boolean): readonly RequestRow[] | undefined {
  const { api, ready } = useEngine();
  const { terminal, refused } = useSession((state) => state.requestsOf);
  const [rows, setRows] = useState<readonly RequestRow[]>();
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const query = {
      of: everybody ? ('everybody' as const) : ('people' as const),
      limit: LIMIT,
      ...(refused && { refused }),
      ...(terminal !== undefined && { terminal }),
    };
    const again = async () => {
      await ready;
      const found = await api.requests(query);
      if (!wanted) return;
      setRows((before) => (before?.[0]?.id === found[0]?.id && before?.length === found.length ? before : found));
      timer = setTimeout(again, EVERY_MS);
    };
    again().catch(() => wanted && setRows([]));
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, ready, everybody, refused, terminal]);
  return rows;
}

interface RequestListProps {
  readonly chosen: number | undefined;
  readonly onChoose: (id: number) => void;
}

export function RequestList({ chosen, onChoose }: RequestListProps) {
  const say = useRequestWords();
  const of = useSession((state) => state.requestsOf);
  const [everybody, setEverybody] = useState(false);
  const [filter, setFilter] = useState('');
  const rows = useRows(everybody);
  const text = filter.toLowerCase();
  const shown = rows?.filter(
    ({ path, who, line = '', code, method }) =>
      text === '' || `${method} ${path} ${who} ${line} ${code}`.toLowerCase().includes(text),
  );
  return (
    <div className="requests-list">
      <div className="requests-tools">
        <input
          className="field"
          type="search"
          aria-label={say('search')}
          placeholder={say('search')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <select
          className="field"
          aria-label={say('whose')}
          value={everybody ? 'everybody' : 'people'}
          onChange={(event) => setEverybody(event.target.value === 'everybody')}
        >
          <option value="people">{say('people')}</option>
          <option value="everybody">{say('everybody')}</option>
        </select>
        <label className="check">
          <input
            type="checkbox"
            checked={of.refused === true}
            onChange={(event) => update({ requestsOf: { ...of, refused: event.target.checked } })}
          />
          {say('refusedOnly')}
        </label>
        {of.terminal !== undefined && (
          <button type="button" className="link" onClick={() => update({ requestsOf: { ...of, terminal: undefined } })}>
            {say('allTerminals')}
          </button>
        )}
      </div>
      <ScrollRegion label={say('list')}>
        {shown?.length === 0 && <p className="quiet">{say('none')}</p>}
        <ol>
          {shown?.map((row, i) => (
            <li key={row.id}>
              {row.line !== undefined && shown[i - 1]?.session !== row.session && (
                <p className="requests-line">
                  <code>{row.line}</code>
                </p>
              )}
              <Row row={row} isChosen={row.id === chosen} onChoose={onChoose} />
            </li>
          ))}
        </ol>
      </ScrollRegion>
    </div>
  );
}

interface RowProps {
  readonly row: RequestRow;
  readonly isChosen: boolean;
  readonly onChoose: (id: number) => void;
}

function Row({ row, isChosen, onChoose }: RowProps) {
  const { id, at, method, path, who, code } = row;
  return (
    <button
      type="button"
      className="requests-row"
      aria-current={isChosen ? 'true' : undefined}
      data-tone={code >= 500 ? 'bad' : code >= 400 ? 'warn' : 'good'}
      onClick={() => onChoose(id)}
    >
      <b>{method}</b>
      <span className="requests-path" title={path}>
        {path}
      </span>
      <span className="requests-code">{code}</span>
      <span className="quiet requests-who">
        {who} · {clockTime(at)}
      </span>
    </button>
  );
}
