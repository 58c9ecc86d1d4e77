/** Names of objects in what kubectl prints. Pure: lines of text in, places in them out. */

/** Something that looks like an object, at a place in a line. */
export interface Mention {
  /** As it is written: `pod`, `deployment.apps`, `po`, `Pod`. */
  readonly type: string;
  readonly name: string;
  readonly namespace?: string;
  readonly start: number;
  readonly length: number;
}

const NAME = '[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?';
const SLASHED = new RegExp(`(?<![\\w./:-])([A-Za-z][A-Za-z0-9]*(?:\\.[a-z0-9-]+)*)/(${NAME})(?![\\w/])`, 'g');
const QUOTED = new RegExp(`(?<![\\w./:-])([A-Za-z][A-Za-z0-9]*(?:\\.[a-z0-9-]+)*) "(${NAME})"`, 'g');
const FROM_NAMESPACE = new RegExp(` (?:from|in) (${NAME}) namespace`);
const PROMPT = /^\S*[#$] (.*)$/;
const HEADER = /^(?:NAMESPACE +)?NAME(?: {2,}|$)|^(?:NAMESPACE +)?LAST SEEN +/;
const TABLE_ROWS = 400;

/** All mentions of a line. `above(1)` is the line in front of it, `above(2)` the one before that; undefined at the top. */
export function mentionsIn(line: string, above: (distance: number) => string | undefined): readonly Mention[] {
  const namespace = FROM_NAMESPACE.exec(line)?.[1];
  const slashed = [...line.matchAll(SLASHED)].map((match) => mention(match, namespace, 0));
  const quoted = [...line.matchAll(QUOTED)].map((match) => mention(match, namespace, (match[1] as string).length + 2));
  if (PROMPT.test(line)) return slashed;
  const table = tableAbove(above);
  const cells = table && !HEADER.test(line) ? cellsOf(line, table) : [];
  const found = [...slashed, ...quoted];
  // `pod/web` in the column of names is told best by itself.
  const free = cells.filter(({ start }) => !found.some((one) => start >= one.start && start < one.start + one.length));
  const own = table?.namespace === undefined ? undefined : cellAt(line, table.header, 'NAMESPACE')?.text;
  const context = own ?? table?.command?.namespace;
  return [...found, ...free].map((one) =>
    one.namespace === undefined && context ? { ...one, namespace: context } : one,
  );
}

function mention(match: RegExpMatchArray, namespace: string | undefined, offset: number): Mention {
  const [whole, type = '', name = ''] = match;
  const quoted = offset > 0;
  return {
    type,
    name,
    start: (match.index ?? 0) + offset,
    length: quoted ? name.length : whole.length,
    ...(namespace && { namespace }),
  };
}

interface Command {
  /** What `get` was asked for; undefined when it is more than one type. */
  readonly type: string | undefined;
  readonly namespace: string | undefined;
}

interface Table {
  readonly header: string;
  readonly namespace: true | undefined;
  readonly command: Command | undefined;
}

function tableAbove(above: (distance: number) => string | undefined): Table | undefined {
  let header: string | undefined;
  for (let distance = 1; distance <= TABLE_ROWS; distance++) {
    const line = above(distance);
    if (line === undefined) break;
    const prompt = PROMPT.exec(line);
    if (prompt) {
      return header === undefined ? undefined : tableOf(header, commandOf(prompt[1] as string));
    }
    // Behind an empty line begins another table, or something else.
    if (header === undefined && line.trim() === '') return undefined;
    if (header === undefined && HEADER.test(line)) header = line;
  }
  return header === undefined ? undefined : tableOf(header, undefined);
}

const tableOf = (header: string, command: Command | undefined): Table => ({
  header,
  namespace: header.startsWith('NAMESPACE') ? true : undefined,
  command,
});

/** `kubectl get pods -n work`, at the end of the line or in front of a pipe. */
function commandOf(line: string): Command | undefined {
  const words = line.trim().split(/\s+/);
  const at = words.findIndex(
    (word, index) => word === 'get' && /^(?:kubectl|k)$/.test(words[index - 1] ?? words[0] ?? ''),
  );
  const start = at < 0 ? words.indexOf('get') : at;
  if (start < 0) return undefined;
  const flag = /(?:^| )(?:-n|--namespace)[ =]?([a-z0-9-]+)/.exec(line)?.[1];
  const type = words.slice(start + 1).find((word) => /^[A-Za-z]/.test(word) && word !== flag);
  return { type: type && !/[,/]/.test(type) && type !== 'all' ? type : undefined, namespace: flag };
}

interface Cell {
  readonly text: string;
  readonly start: number;
}

/** The cell under a heading; undefined when the line does not reach it or has nothing there. */
function cellAt(line: string, header: string, heading: string): Cell | undefined {
  const start = new RegExp(`(?:^| )${heading}(?: |$)`).exec(header);
  if (!start) return undefined;
  const from = start.index + (start[0].startsWith(' ') ? 1 : 0);
  // A cell begins where its heading does: anything else is no row of this table.
  if (from > 0 && line[from - 1] !== ' ') return undefined;
  const text = /^\S+/.exec(line.slice(from))?.[0];
  return text === undefined ? undefined : { text, start: from };
}

const IS_NAME = new RegExp(`^${NAME}$`);

function cellsOf(line: string, { header, command }: Table): readonly Mention[] {
  const found: Mention[] = [];
  const add = (heading: string, type: string | undefined) => {
    const cell = type === undefined ? undefined : cellAt(line, header, heading);
    if (cell && type !== undefined && IS_NAME.test(cell.text))
      found.push({ type, name: cell.text, start: cell.start, length: cell.text.length });
  };
  add('NAME', command?.type);
  add('NODE', 'nodes');
  return found;
}

const DONE =
  /^(?<type>[a-z][a-z0-9]*(?:\.[a-z0-9-]+)*)(?:\/(?<name>\S+)| "(?<quoted>[^"]+)") (?:created|configured|unchanged|serverside-applied|deleted|force deleted|scaled|exposed|patched|labeled|unlabeled|annotated|edited|replaced|restarted|paused|resumed|rolled back|cordoned|uncordoned|tainted|untainted|drained|evicted|image updated|env updated|resource requirements updated|selector updated|serviceaccount updated)\b/;

/** What a line of output says was done to an object: `deployment.apps/web created`. */
export function doneIn(line: string): Omit<Mention, 'start' | 'length'> | undefined {
  const groups = DONE.exec(line.trim())?.groups;
  if (!groups) return undefined;
  const namespace = FROM_NAMESPACE.exec(line)?.[1];
  const name = groups.name ?? groups.quoted ?? '';
  return IS_NAME.test(name) ? { type: groups.type as string, name, ...(namespace && { namespace }) } : undefined;
}
