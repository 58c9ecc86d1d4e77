import { useMemo } from 'react';
import { nodes, pods } from '#engine/api';
import { type Table, useTable } from '../cluster/index.ts';
import { Status, toneOfCell } from '../design/index.ts';
import { useWords } from '../session/index.ts';

function worstOf(tables: readonly Table[]): 'bad' | 'warn' | 'busy' | 'good' {
  const texts = new Set<string>();
  for (const { columns, rows } of tables) {
    const status = columns.findIndex(({ name }) => name === 'Status');
    for (const { cells } of rows) texts.add(String(cells[status] ?? ''));
  }
  const tones = new Set([...texts].map((text) => toneOfCell('Status', text)));
  return (['bad', 'warn', 'busy'] as const).find((one) => tones.has(one)) ?? 'good';
}

const WORDS = { bad: 'healthBad', warn: 'healthWarn', busy: 'healthBusy', good: 'healthGood' } as const;

/** How many Nodes and Pods, and whether all of them are well. */
export function Health() {
  const say = useWords();
  const nodeTable = useTable(nodes);
  const podTable = useTable(pods);
  const tone = useMemo(() => worstOf([nodeTable, podTable]), [nodeTable, podTable]);
  return (
    <div className="health">
      <Status tone={tone} text={say(WORDS[tone])} />
      <span className="quiet">
        {nodeTable.rows.length} {say('nodes')} · {podTable.rows.length} {say('pods')}
      </span>
    </div>
  );
}
