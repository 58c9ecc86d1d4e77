import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef, useState } from 'react';

export interface DataRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
  /** Changes when the cells do: rows that did not change are not rendered again. */
  readonly version: string;
}

interface DataTableProps {
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly DataRow[];
  readonly selected?: string | undefined;
  readonly onOpen: (key: string) => void;
  /** How the rows are ordered, and what a click on a column's name does. */
  readonly sorting?: Sorting | undefined;
  /** Rows that are marked for doing something with several at once. */
  readonly marking?: Marking | undefined;
}

interface Sorting {
  readonly column: number | undefined;
  readonly descending: boolean;
  readonly labelOf: (column: string) => string;
  readonly onSort: (column: number) => void;
}

export interface Marking {
  readonly keys: ReadonlySet<string>;
  readonly labelOf: (key: string) => string;
  readonly labelOfAll: string;
  readonly onMark: (key: string, marked: boolean) => void;
  readonly onMarkAll: (marked: boolean) => void;
}

/** From here on only the rows on show are in the document. */
const VIRTUAL_FROM = 200;

/** Until a row has been measured. */
const ROW_PX = 28;

/** Up and Down move between rows, Home and End jump. */
function onKeyDown(event: KeyboardEvent<HTMLButtonElement>): void {
  const all = event.currentTarget.closest('tbody')?.querySelectorAll<HTMLElement>('.row-open') ?? [];
  const at = [...all].indexOf(event.currentTarget);
  const goals: { readonly [key: string]: number } = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: all.length - 1,
  };
  const goal = goals[event.key];
  if (goal === undefined) return;
  all[goal]?.focus();
  event.preventDefault();
}

/** A table whose rows open something: the first cell is the button, and it covers the row. */
export function DataTable({ label, columns, rows, selected, onOpen, sorting, marking }: DataTableProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = rows.length > VIRTUAL_FROM;
  const measured = useRef(ROW_PX);
  const rowPx = measured.current;
  const virtualizer = useVirtualizer({
    count: rows.length,
    enabled: virtual,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 12,
  });
  const settled = useRef(false);
  useEffect(() => {
    settled.current = true;
    measured.current = scroll.current?.querySelector<HTMLElement>('.row')?.offsetHeight ?? ROW_PX;
  }, []);
  const range = virtual ? virtualizer.getVirtualItems() : undefined;
  const first = range?.[0]?.index ?? 0;
  const last = range ? (range.at(-1)?.index ?? -1) : rows.length - 1;
  const shown = rows.slice(first, last + 1);
  const tabStop = shown.some(({ key }) => key === selected) ? selected : shown[0]?.key;
  return (
    <div className="table-scroll" ref={scroll}>
      <table className="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {marking && (
              <th scope="col" className="mark-cell">
                <input
                  type="checkbox"
                  aria-label={marking.labelOfAll}
                  checked={marking.keys.size > 0 && rows.every(({ key }) => marking.keys.has(key))}
                  onChange={(event) => marking.onMarkAll(event.target.checked)}
                />
              </th>
            )}
            {columns.map((name, column) => (
              <Head key={name} name={name} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={first * rowPx} columns={columns.length + (marking ? 1 : 0)} />
          {shown.map((row, offset) => (
            <Row
              key={row.key}
              row={row}
              columns={columns}
              index={first + offset + 2}
              selected={row.key === selected}
              tabStop={row.key === tabStop}
              fresh={settled.current && !virtual}
              marked={marking?.keys.has(row.key)}
              marking={marking}
              onOpen={onOpen}
            />
          ))}
          <Gap height={(rows.length - 1 - last) * rowPx} columns={columns.length + (marking ? 1 : 0)} />
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps {
  readonly name: string;
  readonly column: number;
  readonly sorting: Sorting | undefined;
}

/** A column's name, which puts the rows in its order. */
function Head({ name, column, sorting }: HeadProps) {
  if (!sorting) return <th scope="col">{name}</th>;
  const sorted = sorting.column === column;
  const arrow = sorting.descending ? '▾' : '▴';
  return (
    <th scope="col" aria-sort={sorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" className="sort" title={sorting.labelOf(name)} onClick={() => sorting.onSort(column)}>
        {name}
        <span aria-hidden="true">{sorted ? arrow : ''}</span>
      </button>
    </th>
  );
}

/** The room of rows that are not in the document. */
function Gap({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}

interface RowProps {
  readonly row: DataRow;
  readonly columns: readonly string[];
  readonly index: number;
  readonly selected: boolean;
  readonly tabStop: boolean;
  /** It came while somebody was looking: when it is first rendered, that is shown. */
  readonly fresh: boolean;
  readonly marked: boolean | undefined;
  readonly marking: Marking | undefined;
  readonly onOpen: (key: string) => void;
}

const Row = memo(
  function Row({ row, columns, index, selected, tabStop, fresh, marked, marking, onOpen }: RowProps) {
    const [arrived] = useState(fresh);
    return (
      <tr
        className={arrived ? 'row fresh' : 'row'}
        data-key={row.key}
        data-chosen={selected || undefined}
        aria-rowindex={index}
      >
        {marking && (
          <td className="mark-cell">
            <input
              type="checkbox"
              tabIndex={tabStop ? 0 : -1}
              aria-label={marking.labelOf(row.key)}
              checked={marked ?? false}
              onChange={(event) => marking.onMark(row.key, event.target.checked)}
            />
          </td>
        )}
        {columns.map((name, column) => (
          <td key={name}>
            {column === 0 ? (
              <button
                type="button"
                className="row-open"
                title={row.key}
                tabIndex={tabStop ? 0 : -1}
                aria-current={selected ? 'true' : undefined}
                onClick={() => onOpen(row.key)}
                onKeyDown={onKeyDown}
              >
                {row.cells[0]}
              </button>
            ) : (
              row.cells[column]
            )}
          </td>
        ))}
      </tr>
    );
  },
  (before, after) =>
    before.row.key === after.row.key &&
    before.row.version === after.row.version &&
    before.columns.length === after.columns.length &&
    before.index === after.index &&
    before.selected === after.selected &&
    before.tabStop === after.tabStop &&
    before.marked === after.marked &&
    before.marking?.onMark === after.marking?.onMark &&
    before.onOpen === after.onOpen,
);
