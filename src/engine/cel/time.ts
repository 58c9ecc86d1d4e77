/** Instants and lengths of time as CEL reads and writes them. @upstream Go time.ParseDuration, time.Parse(RFC3339) */
import { CelError, Duration, Timestamp } from './values.ts';

const NANOS = 1_000_000_000n;
const UNITS: { readonly [unit: string]: bigint } = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: NANOS,
  m: 60n * NANOS,
  h: 3600n * NANOS,
};
const MAX_INT64 = 2n ** 63n - 1n;

/** Go's syntax: `1h30m`, `-1.5s`. */
export function parseDuration(text: string): Duration {
  const bad = () => new CelError(`time: invalid duration ${JSON.stringify(text)}`);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return new Duration(0n);
  if (rest === '') throw bad();
  let total = 0n;
  while (rest !== '') {
    const [part, whole = '', fraction = '', unit = ''] = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest) ?? [];
    if (part === undefined || (whole === '' && fraction === '')) throw bad();
    if (unit === '') throw new CelError(`time: missing unit in duration ${JSON.stringify(text)}`);
    const size = UNITS[unit];
    if (size === undefined)
      throw new CelError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    total += BigInt(whole || '0') * size;
    if (fraction) total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    if (total > MAX_INT64) throw bad();
    rest = rest.slice(part.length);
  }
  return new Duration(sign === '-' ? -total : total);
}

/** As `string(duration)` prints it. */
export function formatDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = String(size % NANOS)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${size / NANOS}${fraction && `.${fraction}`}s`;
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Days since 1970 of a civil date. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The civil date of a day since 1970. */
export function civilOf(days: number): Civil {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const part = Math.floor((5 * ofYear + 2) / 153);
  const month = part < 10 ? part + 3 : part - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * part + 2) / 5) + 1,
  };
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function parseTimestamp(text: string): Timestamp {
  const parts = RFC3339.exec(text);
  const bad = (why = '') =>
    new CelError(
      why ||
        `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`,
    );
  if (!parts) throw bad();
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const range = (what: string) => bad(`parsing time ${JSON.stringify(text)}: ${what} out of range`);
  if (month < 1 || month > 12) throw range('month');
  if (day < 1 || day > (DAYS_IN_MONTH[month - 1] ?? 0)) throw range('day');
  if (hour > 23) throw range('hour');
  if (minute > 59) throw range('minute');
  if (second > 59) throw range('second');
  const zone = parts[8] ? (parts[8] === '-' ? -1 : 1) * (Number(parts[9]) * 60 + Number(parts[10])) : 0;
  const seconds = daysOf(year, month, day) * 86_400 + hour * 3600 + (minute - zone) * 60 + second;
  const fraction = BigInt((parts[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return new Timestamp(BigInt(seconds) * NANOS + fraction);
}

/** Whole division towards minus infinity, and what remains. */
export function floorDiv(value: bigint, by: bigint): readonly [bigint, bigint] {
  const rest = ((value % by) + by) % by;
  return [(value - rest) / by, rest];
}

const two = (value: number): string => String(value).padStart(2, '0');

/** RFC 3339 in UTC. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const [seconds, rest] = floorDiv(nanos, NANOS);
  const [days, ofDay] = floorDiv(seconds, 86_400n);
  const { year, month, day } = civilOf(Number(days));
  const second = Number(ofDay);
  const fraction = String(rest).padStart(9, '0').replace(/0+$/, '');
  const clock = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}${rest === 0n ? '' : `.${fraction}`}Z`;
}
