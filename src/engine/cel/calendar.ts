/** Parts of timestamps and durations. @upstream cel-go common/types/timestamp.go, duration.go */
import type { CelFunction } from './arithmetic.ts';
import { type Civil, civilOf, daysOf, floorDiv } from './time.ts';
import { CelError, Duration, Timestamp, type Value } from './values.ts';

const NANOS = 1_000_000_000n;
const DAY = 86_400n;

/** Seconds east of Greenwich. Only offsets and UTC are known: this world has no time zone files. */
function zoneSeconds(zone: Value | undefined): bigint {
  if (zone === undefined || zone === '' || zone === 'UTC' || zone === 'Z') return 0n;
  const parts = typeof zone === 'string' ? /^([+-]?)(\d{2}):(\d{2})$/.exec(zone) : null;
  if (!parts) throw new CelError(`unknown time zone ${String(zone)}`);
  const seconds = BigInt(Number(parts[2]) * 3600 + Number(parts[3]) * 60);
  return parts[1] === '-' ? -seconds : seconds;
}

interface Moment extends Civil {
  readonly days: number;
  readonly second: number;
  readonly nanos: number;
}

function momentOf(time: Timestamp, zone: Value | undefined): Moment {
  const [seconds, nanos] = floorDiv(time.nanos + zoneSeconds(zone) * NANOS, NANOS);
  const [days, second] = floorDiv(seconds, DAY);
  return { ...civilOf(Number(days)), days: Number(days), second: Number(second), nanos: Number(nanos) };
}

const part =
  (ofMoment: (moment: Moment) => number, ofDuration?: (nanos: bigint) => bigint): CelFunction =>
  (value, zone) => {
    if (value instanceof Timestamp) return BigInt(ofMoment(momentOf(value, zone)));
    return value instanceof Duration ? ofDuration?.(value.nanos) : undefined;
  };

const WEEK = 7;
const THURSDAY = 4;

export const CALENDAR: { readonly [name: string]: CelFunction } = {
  getFullYear: part(({ year }) => year),
  getMonth: part(({ month }) => month - 1),
  getDate: part(({ day }) => day),
  getDayOfMonth: part(({ day }) => day - 1),
  getDayOfYear: part(({ days, year }) => days - daysOf(year, 1, 1)),
  getDayOfWeek: part(({ days }) => (((days + THURSDAY) % WEEK) + WEEK) % WEEK),
  getHours: part(
    ({ second }) => Math.floor(second / 3600),
    (nanos) => nanos / (3600n * NANOS),
  ),
  getMinutes: part(
    ({ second }) => Math.floor(second / 60) % 60,
    (nanos) => nanos / (60n * NANOS),
  ),
  getSeconds: part(
    ({ second }) => second % 60,
    (nanos) => nanos / NANOS,
  ),
  getMilliseconds: part(
    ({ nanos }) => Math.floor(nanos / 1e6),
    (nanos) => nanos / 1_000_000n,
  ),
};
