/** docs/FIDELITY.md, made from the tags in the code, as data. */

export type Level = 'full' | 'partial' | 'none';

export interface Feature {
  readonly name: string;
  readonly level: Level;
  /** How it departs from upstream. */
  readonly why: string;
  /** The file of Kubernetes it follows. */
  readonly upstream: string;
}

export interface Room {
  readonly name: string;
  readonly features: readonly Feature[];
}

const LEVELS: readonly string[] = ['full', 'partial', 'none'] satisfies readonly Level[];
const bare = (cell: string): string =>
  cell
    .trim()
    .replace(/^`([^`]*)`$/, '$1')
    .replaceAll('\\|', '|');

function featureOf(line: string): Feature | undefined {
  const cells = line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map(bare);
  const [name = '', level = '', why = '', upstream = ''] = cells;
  return LEVELS.includes(level) ? { name, level: level as Level, why, upstream } : undefined;
}

/** Rooms of the document with what is in them. */
export function readCard(document: string): readonly Room[] {
  return document
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [name = '', ...lines] = section.split('\n');
      return { name: name.trim(), features: lines.flatMap((line) => featureOf(line) ?? []) };
    })
    .filter(({ features }) => features.length > 0);
}

/** Those that have the words in them. */
export function search(rooms: readonly Room[], query: string, level: Level | undefined): readonly Room[] {
  const wanted = query.trim().toLowerCase();
  const fits = (room: string, { name, why, upstream, level: is }: Feature) =>
    (!level || is === level) && `${room} ${name} ${why} ${upstream}`.toLowerCase().includes(wanted);
  return rooms
    .map(({ name, features }) => ({ name, features: features.filter((feature) => fits(name, feature)) }))
    .filter(({ features }) => features.length > 0);
}
