/**
 * Tables: what the server made of objects, with the columns that kubectl adds.
 * @upstream staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go
 */
import { compareText } from '#engine/apimachinery';
import { at, isArray, isObject, type Json, type JsonObject, sprint, text } from '../text/json.ts';
import { TABLE, TabWriter } from '../text/tabwriter.ts';

export const TABLE_ACCEPT =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

export interface TableOptions {
  readonly noHeaders: boolean;
  readonly wide: boolean;
  readonly withNamespace: boolean;
  /** `pod`, `deployment.apps`: put before names. */
  readonly kind?: string | undefined;
  readonly showLabels: boolean;
  readonly columnLabels: readonly string[];
  /** The first column of a watch with --output-watch-events. */
  readonly events?: boolean;
}

/** As wide as MODIFIED. */
const EVENT_WIDTH = 8;

interface ColumnDefinition {
  readonly name: string;
  readonly priority: number;
}

interface Row {
  readonly cells: readonly Json[];
  readonly object: Json | undefined;
}

export const isTable = (value: Json): boolean =>
  text(value, 'kind') === 'Table' && text(value, 'apiVersion').startsWith('meta.k8s.io/');

export const tableRows = (table: Json): readonly JsonObject[] => {
  const rows = at(table, 'rows');
  return isArray(rows) ? rows.filter(isObject) : [];
};

/** Prints tables of one kind one after the other; the header comes once, widths only grow. */
export class TablePrinter {
  private readonly writer: TabWriter;
  private headed = false;
  private columns: readonly ColumnDefinition[] = [];

  constructor(
    private readonly options: TableOptions,
    write: (text: string) => void,
  ) {
    this.writer = new TabWriter(TABLE, write);
  }

  /** Takes over the columns of a table without printing it. */
  learn(table: JsonObject): void {
    const definitions = at(table, 'columnDefinitions');
    if (isArray(definitions) && definitions.length > 0) {
      this.columns = definitions
        .filter(isObject)
        .map((one) => ({ name: text(one, 'name'), priority: Number(one.priority ?? 0) }));
    }
  }

  /** Events of a watch carry rows without column definitions: those of the table before count. */
  print(table: JsonObject, event?: string): void {
    this.learn(table);
    const rows = tableRows(table);
    if (!this.headed && !this.options.noHeaders) this.writer.print(`${this.header().join('\t')}\n`);
    this.headed = true;
    for (const row of rows) {
      const cells = isArray(row.cells) ? row.cells : [];
      this.writer.print(`${this.line({ cells, object: row.object }, event).map(oneLine).join('\t')}\n`);
    }
  }

  flush(): void {
    this.writer.flush();
  }

  private shown(): readonly number[] {
    return this.columns.flatMap((one, index) => (one.priority === 0 || this.options.wide ? [index] : []));
  }

  private header(): readonly string[] {
    const { options } = this;
    return [
      ...(options.events ? ['EVENT'.padEnd(EVENT_WIDTH)] : []),
      ...(options.withNamespace ? ['NAMESPACE'] : []),
      ...this.shown().map((index) => (this.columns[index] as ColumnDefinition).name.toUpperCase()),
      ...options.columnLabels.map((label) => (label.split('/').at(-1) as string).toUpperCase()),
      ...(options.showLabels ? ['LABELS'] : []),
    ];
  }

  private line(row: Row, event: string | undefined): readonly string[] {
    const { options } = this;
    const labels = at(row.object, 'metadata', 'labels');
    const name = this.columns.findIndex((one) => one.name.toLowerCase() === 'name');
    return [
      ...(options.events ? [(event ?? '').padEnd(EVENT_WIDTH)] : []),
      ...(options.withNamespace ? [text(row.object, 'metadata', 'namespace')] : []),
      ...this.shown().map((index) => {
        const cell = printCell(row.cells[index]);
        return options.kind && index === name ? `${options.kind}/${cell}` : cell;
      }),
      ...options.columnLabels.map((label) => text(labels, label)),
      ...(options.showLabels ? [formatLabels(labels)] : []),
    ];
  }
}

/** A cell without a value stays blank. */
const printCell = (cell: Json | undefined): string =>
  typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : sprint(cell);

/** Up to the first line break. */
function oneLine(cell: string): string {
  const end = /[\f\n\r]/.exec(cell)?.index;
  return end === undefined ? cell : `${cell.slice(0, end)}...`;
}

/** `a=1,b=2` or `<none>` */
export function formatLabels(labels: Json | undefined): string {
  if (!isObject(labels)) return '<none>';
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  return pairs.length === 0 ? '<none>' : pairs.sort(compareText).join(',');
}
