/** From the server's Table to rows on show: filtered, with tones, and with ages that go on by themselves. */
import type { ComponentType, ReactNode } from 'react';
import { rowKey, type Table, type TableRow } from '../../cluster/index.ts';
import type { DataRow } from '../../design/DataTable.tsx';
import { Status, toneOfCell } from '../../design/index.ts';

interface Shown {
  readonly columns: readonly string[];
  readonly rows: readonly DataRow[];
}

function cellOf(column: string, text: string): ReactNode {
  const tone = toneOfCell(column, text);
  return tone ? <Status tone={tone} text={text} /> : text;
}

const matches = (row: TableRow, words: readonly string[]): boolean => {
  const text = `${rowKey(row)} ${row.cells.join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

/** A copy with one more at `index`. */
const withColumn = <T,>(cells: readonly T[], index: number | undefined, cell: T): readonly T[] =>
  index === undefined ? cells : [...cells.slice(0, index), cell, ...cells.slice(index)];

/**
 * @param namespaceAt where the namespace is shown, if it is
 * @param Age shows how long ago an instant was
 */
export function toRows(
  table: Table,
  filter: string,
  namespaceAt: number | undefined,
  Age: ComponentType<{ readonly since: string }>,
): Shown {
  const picked = table.columns.map((column, index) => ({ ...column, index })).filter(({ priority }) => priority === 0);
  const names = picked.map(({ name }) => name);
  const columns = withColumn(names, namespaceAt, 'Namespace');
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: DataRow[] = [];
  for (const row of table.rows) {
    if (words.length > 0 && !matches(row, words)) continue;
    rows.push(cached(row, namespaceAt, () => toRow(row, picked, namespaceAt, Age)));
  }
  return { columns, rows };
}

interface Picked {
  readonly name: string;
  readonly index: number;
}

const known = new WeakMap<TableRow, { readonly namespaceAt: number | undefined; readonly row: DataRow }>();

/** Rows of the server that did not change are the same rows on show. */
function cached(row: TableRow, namespaceAt: number | undefined, make: () => DataRow): DataRow {
  const before = known.get(row);
  if (before && before.namespaceAt === namespaceAt) return before.row;
  const made = make();
  known.set(row, { namespaceAt, row: made });
  return made;
}

function toRow(
  row: TableRow,
  picked: readonly Picked[],
  namespaceAt: number | undefined,
  Age: ComponentType<{ readonly since: string }>,
): DataRow {
  const { namespace = '', creationTimestamp } = row.object.metadata;
  const texts = picked.map(({ index }) => String(row.cells[index] ?? ''));
  const cells = picked.map(({ name }, at) =>
    name === 'Age' && creationTimestamp ? <Age key="age" since={creationTimestamp} /> : cellOf(name, texts[at] ?? ''),
  );
  const version = texts.filter((_, at) => picked[at]?.name !== 'Age').join('\u0000');
  return {
    key: rowKey(row),
    version: `${namespaceAt}${version}`,
    cells: withColumn<ReactNode>(cells, namespaceAt, <span className="quiet">{namespace}</span>),
  };
}
