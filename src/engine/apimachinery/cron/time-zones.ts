/** What the clocks on the walls of the world show. No host is asked, so that a schedule means the same everywhere. */
import { daysFromCivil, type Millis } from '#engine/sim';
import { timeZoneTable } from './time-zone-table.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

interface YearlyChange {
  readonly month: number;
  readonly weekday: number;
  /** On or after which day; 0: the last one of the month. */
  readonly day: number;
  /** By the clock that ends. */
  readonly minute: number;
  readonly offset: number;
}

/** Offsets are minutes east of Greenwich. */
interface Zone {
  /** Of 1 January. */
  readonly offset: number;
  readonly yearly: readonly YearlyChange[];
  readonly changes: readonly { readonly at: Millis; readonly offset: number }[];
}

const zones = new Map<string, Zone>();

function parseZone(rules: string): Zone {
  const [offset = '0', ...parts] = rules.split(';');
  const yearly: YearlyChange[] = [];
  const changes: { at: Millis; offset: number }[] = [];
  for (const part of parts) {
    const numbers = part.split('.');
    if (numbers.length === 2) {
      changes.push({ at: Number.parseInt(numbers[0] as string, 16) * HOUR, offset: Number(numbers[1]) });
      continue;
    }
    const [month = 1, weekday = 0, day = 0, minute = 0, after = 0] = numbers.map(Number);
    yearly.push({ month, weekday, day, minute, offset: after });
  }
  return { offset: Number(offset), yearly, changes };
}

/** The table is read when the first zone is asked for. */
function zoneOf(name: string): Zone | undefined {
  if (zones.size === 0) {
    for (const line of timeZoneTable) {
      const [rules = '', names = ''] = line.split('|');
      const zone = parseZone(rules);
      for (const area of names.split(' ')) {
        const colon = area.indexOf(':');
        const prefix = colon === 0 ? '' : `${area.slice(0, colon)}/`;
        for (const place of area.slice(colon + 1).split(',')) zones.set(prefix + place, zone);
      }
    }
  }
  return zones.get(name);
}

/** Whether the time zone database has the name. */
export const isTimeZone = (name: string): boolean => zoneOf(name) !== undefined;

/** The day number since the epoch on which the clocks change in that year. */
function dayOfChange({ month, weekday, day }: YearlyChange, year: number): number {
  if (day === 0) {
    const last = month === 12 ? daysFromCivil(year + 1, 1, 1) - 1 : daysFromCivil(year, month + 1, 1) - 1;
    return last - ((((last + 4 - weekday) % 7) + 7) % 7);
  }
  const first = daysFromCivil(year, month, day);
  return first + ((((weekday - first - 4) % 7) + 7) % 7);
}

const yearOf = (at: Millis): number => {
  let year = 1970 + Math.floor(at / (365.2425 * DAY));
  while (daysFromCivil(year + 1, 1, 1) * DAY <= at) year++;
  while (daysFromCivil(year, 1, 1) * DAY > at) year--;
  return year;
};

/**
 * How far the clocks of a zone are ahead of UTC at an instant, in milliseconds; 0 for a zone nobody knows.
 * @fidelity partial: the rules of 2025 hold for all time
 */
export function timeZoneOffset(name: string, at: Millis): Millis {
  const zone = zoneOf(name);
  if (!zone) return 0;
  let { offset } = zone;
  for (const change of zone.changes) if (change.at <= at) offset = change.offset;
  if (zone.yearly.length > 0) {
    const year = yearOf(at + offset * MINUTE);
    for (const change of zone.yearly) {
      const when = dayOfChange(change, year) * DAY + (change.minute - offset) * MINUTE;
      if (when > at) break;
      offset = change.offset;
    }
  }
  return offset * MINUTE;
}
