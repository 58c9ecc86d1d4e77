/**
 * Schedules of CronJobs: the five fields of cron, the names with an @, and when they come round next.
 * @upstream github.com/robfig/cron/v3: parser.go, spec.go, constantdelay.go
 */
import { civilTime, daysFromCivil, type Millis } from '#engine/sim';
import { DurationSyntaxError, parseGoDuration } from '../go-duration.ts';
import { isTimeZone, timeZoneOffset } from './time-zones.ts';

/** A text that is no schedule; the message is upstream's. */
export class CronSyntaxError extends Error {}

/** One set of numbers per field, or a fixed delay. */
export type CronSchedule =
  | { readonly every: Millis }
  | {
      readonly minutes: ReadonlySet<number>;
      readonly hours: ReadonlySet<number>;
      readonly days: ReadonlySet<number>;
      readonly months: ReadonlySet<number>;
      readonly weekdays: ReadonlySet<number>;
      /** A `*` for the days of the month or of the week: then both must match, else either. */
      readonly anyDay: boolean;
      /** Of a `TZ=` before the fields. */
      readonly timeZone?: string;
    };

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['', ...'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')] },
  { min: 0, max: 6, names: 'sun mon tue wed thu fri sat'.split(' ') },
];

const DESCRIPTORS: { readonly [name: string]: string } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function parseNumber(text: string): number {
  const fault = (why: string) =>
    new CronSyntaxError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw fault('invalid syntax');
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw fault('value out of range');
  if (number < 0) throw new CronSyntaxError(`negative number (${number}) not allowed: ${text}`);
  return number;
}

function parseNumberOrName(text: string, { names }: Bounds): number {
  const index = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  return index < 0 ? parseNumber(text) : index;
}

/** Adds what an expression such as `1-5/2` stands for; true: it is a star. */
function parseRange(text: string, bounds: Bounds, out: Set<number>): boolean {
  const [range = '', ...steps] = text.split('/');
  const [low = '', ...highs] = range.split('-');
  let star = low === '*' || low === '?';
  let first = bounds.min;
  let last = bounds.max;
  if (!star) {
    first = parseNumberOrName(low, bounds);
    if (highs.length > 1) throw new CronSyntaxError(`too many hyphens: ${text}`);
    last = highs.length === 1 ? parseNumberOrName(highs[0] as string, bounds) : first;
  }
  if (steps.length > 1) throw new CronSyntaxError(`too many slashes: ${text}`);
  let step = 1;
  if (steps.length === 1) {
    step = parseNumber(steps[0] as string);
    if (highs.length === 0) last = bounds.max;
    if (step > 1) star = false;
  }
  if (first < bounds.min)
    throw new CronSyntaxError(`beginning of range (${first}) below minimum (${bounds.min}): ${text}`);
  if (last > bounds.max) throw new CronSyntaxError(`end of range (${last}) above maximum (${bounds.max}): ${text}`);
  if (first > last) throw new CronSyntaxError(`beginning of range (${first}) beyond end of range (${last}): ${text}`);
  if (step === 0) throw new CronSyntaxError(`step of range should be a positive number: ${text}`);
  for (let number = first; number <= last; number += step) out.add(number);
  return star;
}

function parseFields(text: string, timeZone: string | undefined): CronSchedule {
  const fields = text.split(/\s+/).filter(Boolean);
  if (fields.length !== BOUNDS.length) {
    throw new CronSyntaxError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  const stars: boolean[] = [];
  const sets = fields.map((field, i) => {
    const set = new Set<number>();
    let star = false;
    for (const part of field.split(',')) {
      if (part !== '' && parseRange(part, BOUNDS[i] as Bounds, set)) star = true;
    }
    stars.push(star);
    return set;
  });
  const [minutes, hours, days, months, weekdays] = sets as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  const anyDay = stars[2] === true || stars[4] === true;
  return { minutes, hours, days, months, weekdays, anyDay, ...(timeZone !== undefined && { timeZone }) };
}

/** Throws CronSyntaxError. */
export function parseCron(text: string): CronSchedule {
  if (text === '') throw new CronSyntaxError('empty spec string');
  let spec = text;
  let timeZone: string | undefined;
  if (/^(CRON_)?TZ=/.test(text)) {
    const space = text.indexOf(' ');
    timeZone = text.slice(text.indexOf('=') + 1, space < 0 ? undefined : space);
    if (timeZone !== '' && !isTimeZone(timeZone)) {
      throw new CronSyntaxError(`provided bad location ${timeZone}: unknown time zone ${timeZone}`);
    }
    spec = space < 0 ? '' : text.slice(space).trim();
  }
  if (!spec.startsWith('@')) return parseFields(spec, timeZone);
  const fields = DESCRIPTORS[spec];
  if (fields) return parseFields(fields, timeZone);
  if (!spec.startsWith('@every ')) throw new CronSyntaxError(`unrecognized descriptor: ${spec}`);
  try {
    const delay = parseGoDuration(spec.slice('@every '.length));
    return { every: Math.max(1000, Math.floor(delay / 1000) * 1000) };
  } catch (error) {
    if (!(error instanceof DurationSyntaxError)) throw error;
    throw new CronSyntaxError(`failed to parse duration ${spec}: ${error.message}`);
  }
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** The instant at which the clocks of the zone show that time; one of two when they show it twice. */
function instantOf(local: Millis, zone: string): Millis {
  const guess = local - timeZoneOffset(zone, local);
  return local - timeZoneOffset(zone, guess);
}

/**
 * The first time after `after` that the schedule names, or undefined when there is none within five years. Fields are read by the
 * clocks of the zone, UTC without one.
 */
export function nextCron(schedule: CronSchedule, after: Millis, timeZone = 'UTC'): Millis | undefined {
  if ('every' in schedule) return Math.floor(after / 1000) * 1000 + schedule.every;
  const zone = schedule.timeZone || timeZone;
  const local = (at: Millis) => at + timeZoneOffset(zone, at);
  let at = Math.floor(after / 1000) * 1000 + 1000;
  const last = civilTime(local(at)).year + 5;
  for (;;) {
    const now = civilTime(local(at));
    if (now.year > last) return undefined;
    if (!schedule.months.has(now.month)) {
      const [year, month] = now.month === 12 ? [now.year + 1, 1] : [now.year, now.month + 1];
      at = later(at, instantOf(daysFromCivil(year, month, 1) * DAY, zone));
      continue;
    }
    const day = schedule.days.has(now.day);
    const weekday = schedule.weekdays.has(now.weekday);
    if (schedule.anyDay ? !(day && weekday) : !(day || weekday)) {
      at = later(at, instantOf((daysFromCivil(now.year, now.month, now.day) + 1) * DAY, zone));
      continue;
    }
    if (!schedule.hours.has(now.hour)) {
      at += HOUR - (now.minute * MINUTE + now.second * 1000);
      continue;
    }
    if (!schedule.minutes.has(now.minute) || now.second !== 0) {
      at += MINUTE - now.second * 1000;
      continue;
    }
    return at;
  }
}

/** Clocks that go back must not lead back. */
const later = (at: Millis, next: Millis): Millis => (next > at ? next : at + HOUR);
