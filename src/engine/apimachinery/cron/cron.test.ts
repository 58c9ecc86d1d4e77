import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '#engine/sim';
import { nextCron, parseCron } from './schedule.ts';
import { isTimeZone, timeZoneOffset } from './time-zones.ts';

const at = (text: string) => parseTime(text) as number;
const next = (schedule: string, after: string, zone?: string) => {
  const found = nextCron(parseCron(schedule), at(after), zone);
  return found === undefined ? undefined : formatTime(found);
};

describe('schedules', () => {
  it.each([
    ['*/15 * * * *', '2026-07-09T14:45:00Z', '2026-07-09T15:00:00Z'],
    ['20-35/15 * * * *', '2026-07-09T15:45:00Z', '2026-07-09T16:20:00Z'],
    ['0 */2 * * *', '2026-07-09T23:35:51Z', '2026-07-10T00:00:00Z'],
    ['0 0 9 apr-oct *', '2026-10-09T00:00:00Z', '2027-04-09T00:00:00Z'],
    ['0 0 */5 apr,aug,oct Mon', '2026-07-09T23:35:51Z', '2026-08-01T00:00:00Z'],
    ['0 0 1 * 5', '2026-08-01T00:00:00Z', '2026-08-07T00:00:00Z'],
    ['0 0 29 2 ?', '2026-07-09T23:35:00Z', '2028-02-29T00:00:00Z'],
    ['@weekly', '2026-07-09T23:35:00Z', '2026-07-12T00:00:00Z'],
    ['@every 90s', '2026-07-09T23:35:10Z', '2026-07-09T23:36:40Z'],
    ['0 0 31 2 *', '2026-01-01T00:00:00Z', undefined],
  ])('%s after %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it('are read by the clocks of their zone, in summer and in winter', () => {
    expect(next('0 9 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T07:00:00Z');
    expect(next('0 9 * * *', '2026-10-25T12:00:00Z', 'Europe/Berlin')).toBe('2026-10-26T08:00:00Z');
    expect(next('30 2 * * *', '2026-03-08T06:00:00Z', 'America/New_York')).toBe('2026-03-09T06:30:00Z');
    expect(next('0 0 * * *', '2026-01-01T12:00:00Z', 'Asia/Kolkata')).toBe('2026-01-01T18:30:00Z');
    expect(next('TZ=Asia/Tokyo 0 6 * * *', '2026-01-01T00:00:00Z')).toBe('2026-01-01T21:00:00Z');
  });

  it.each([
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['-1 * * * *', 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
    ['@every 5', 'failed to parse duration @every 5: time: missing unit in duration "5"'],
    ['CRON_TZ=Nowhere/Land * * * * *', 'provided bad location Nowhere/Land: unknown time zone Nowhere/Land'],
  ])('%s is refused', (schedule, message) => {
    expect(() => parseCron(schedule)).toThrow(message);
  });
});

describe('time zones', () => {
  /** The host knows the same zones, from the same database. */
  const hostOffset = (format: Intl.DateTimeFormat, time: number) => {
    const parts = format.formatToParts(time);
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(
      parts.find(({ type }) => type === 'timeZoneName')?.value ?? '',
    ) as RegExpExecArray;
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  };

  it('show what the host shows', () => {
    const wrong: string[] = [];
    for (const zone of [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Tehran',
    ]) {
      const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
      for (let time = at('2025-01-01T00:30:00Z'); time < at('2028-01-01T00:00:00Z'); time += 3_600_000 * 17) {
        if (timeZoneOffset(zone, time) !== hostOffset(format, time)) wrong.push(`${zone} ${formatTime(time)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('are known by all their names, in their own spelling', () => {
    for (const name of ['UTC', 'Etc/UTC', 'GMT', 'America/Argentina/Buenos_Aires', 'CST6CDT', 'US/Pacific']) {
      expect(isTimeZone(name), name).toBe(true);
    }
    for (const name of ['Mars/Olympus', 'europe/berlin', '']) expect(isTimeZone(name), name).toBe(false);
  });
});
