/** From the server's Table to rows on show: filtered, sorted, with tones, and with ages that go on by themselves. */
import type { ComponentType, ReactNode } from 'react';
import { rowKey, type Table, type TableRow } from '../../cluster/index.ts';
import type { DataRow } from '../../design/DataTable.tsx';
import { Status, toneOfCell } from '../../design/index.ts';
import { labelsOf, matches, type Picked, type Sort, sorted } from './order.ts';

interface Shown {
  readonly columns: readonly string[];
  readonly rows: readonly DataRow[];
}

export interface Look {
  readonly filter: string;
  /** Where the namespace is shown, if it is. */
  readonly namespaceAt: number | undefined;
  readonly labels: boolean;
  readonly sort: Sort | undefined;
}

/** Shows how long ago an instant was. */
export type AgeOf = ComponentType<{ readonly since: string }>;

function cellOf(column: string, text: string): ReactNode {
  const tone = toneOfCell(column, text);
  return tone ? <Status tone={tone} text={text} /> : text;
}

/** A copy with one more at `index`. */
const withColumn = <T,>(cells: readonly T[], index: number | undefined, cell: T): readonly T[] =>
  index === undefined ? cells : [...cells.slice(0, index), cell, ...cells.slice(index)];

export function toRows(table: Table, look: Look, labelsName: string, Age: AgeOf): Shown {
  const picked = table.columns.map((column, index) => ({ ...column, index })).filter(({ priority }) => priority === 0);
  const names = withColumn(
    picked.map(({ name }) => name),
    look.namespaceAt,
    'Namespace',
  );
  const words = look.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? table.rows : table.rows.filter((row) => matches(row, words));
  return {
    columns: look.labels ? [...names, labelsName] : names,
    rows: sorted(found, look.sort, picked).map((row) => cached(row, look, () => toRow(row, picked, look, Age))),
  };
}

const known = new WeakMap<TableRow, { readonly look: string; readonly row: DataRow }>();

/** Rows of the server that did not change are the same rows on show. */
function cached(row: TableRow, { namespaceAt, labels }: Look, make: () => DataRow): DataRow {
  const look = `${namespaceAt} ${labels}`;
  const before = known.get(row);
  if (before && before.look === look) return before.row;
  const made = make();
  known.set(row, { look, row: made });
  return made;
}

function toRow(row: TableRow, picked: readonly Picked[], { namespaceAt, labels }: Look, Age: AgeOf): DataRow {
  const { namespace = '', creationTimestamp } = row.object.metadata;
  const texts = picked.map(({ index }) => String(row.cells[index] ?? ''));
  const cells = picked.map(({ name }, at) =>
    name === 'Age' && creationTimestamp ? <Age key="age" since={creationTimestamp} /> : cellOf(name, texts[at] ?? ''),
  );
  const version = texts.filter((_, at) => picked[at]?.name !== 'Age').join('\u0000');
  const placed = withColumn<ReactNode>(cells, namespaceAt, <span className="quiet">{namespace}</span>);
  const told = labels ? labelsOf(row) : '';
  return {
    key: rowKey(row),
    version: `${namespaceAt}${version}${told}`,
    cells: labels
      ? [
          ...placed,
          <span key="labels" className="quiet mono" title={told}>
            {told}
          </span>,
        ]
      : placed,
  };
}
