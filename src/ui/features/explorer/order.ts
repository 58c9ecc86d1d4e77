/** Which rows of a table are on show, and in which order. */
import { rowKey, type TableRow } from '../../cluster/table.ts';

export interface Sort {
  /** A column by its name on show. */
  readonly column: string;
  readonly descending: boolean;
}

/** A column on show, and where the server has it. */
export interface Picked {
  readonly name: string;
  readonly index: number;
}

/** `app=web, tier=front` */
export const labelsOf = ({ object }: TableRow): string =>
  Object.entries(object.metadata.labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** Every word is somewhere in the row, or in its labels. */
export const matches = (row: TableRow, words: readonly string[]): boolean => {
  const text = `${rowKey(row)} ${row.cells.join(' ')} ${labelsOf(row)}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

const collator = new Intl.Collator('en', { numeric: true });

/** `5/10` and `12m` by their first number, words as words; the server's order breaks ties. */
export function sorted(
  rows: readonly TableRow[],
  sort: Sort | undefined,
  picked: readonly Picked[],
): readonly TableRow[] {
  if (!sort) return rows;
  const index = picked.find(({ name }) => name === sort.column)?.index;
  const textOf = (row: TableRow): string => {
    // The older, the larger.
    if (sort.column === 'Age') return row.object.metadata.creationTimestamp ?? '';
    if (sort.column === 'Namespace') return row.object.metadata.namespace ?? '';
    return index === undefined ? labelsOf(row) : String(row.cells[index] ?? '');
  };
  const way = sort.descending === (sort.column === 'Age') ? 1 : -1;
  return rows
    .map((row) => ({ row, text: textOf(row) }))
    .sort((a, b) => way * collator.compare(a.text, b.text))
    .map(({ row }) => row);
}
