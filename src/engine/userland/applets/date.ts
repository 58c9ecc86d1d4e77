/** date, and times as text. */
import { print } from '#engine/os';
import { civilTime } from '#engine/sim';
import { type Applet, fail, parseOptions } from '../applet.ts';
import { MONTHS, pad, shortDay, shortMonth, WEEKDAYS } from '../http-date.ts';

export const date: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    flags: 'uRI',
    values: 'dsr',
    long: { utc: 'u', 'date=': 'd', 'iso-8601': 'I', 'iso-8601=': 'J', 'rfc-3339=': 'J', 'rfc-email': 'R' },
  });
  if (options.has('s')) return fail(process, 'cannot set date: Operation not permitted');
  const given = options.value('d');
  let now = process.clock.now();
  if (given?.startsWith('@')) now = Number(given.slice(1)) * 1000;
  else if (given !== undefined && given !== 'now') return fail(process, `invalid date '${given}'`);
  const format = options.operands.find((operand) => operand.startsWith('+'))?.slice(1);
  const fallback = options.has('R')
    ? '%a, %d %b %Y %H:%M:%S +0000'
    : options.has('I')
      ? '%Y-%m-%d'
      : options.has('J')
        ? '%Y-%m-%dT%H:%M:%S+00:00'
        : '%a %b %e %H:%M:%S UTC %Y';
  await print(process.stdout, `${strftime(format ?? fallback, now)}\n`);
  return 0;
};

/** strftime(3), in UTC. */
export function strftime(format: string, at: number): string {
  const t = civilTime(at);
  const hour12 = t.hour % 12 || 12;
  const values: { readonly [letter: string]: string } = {
    Y: String(t.year),
    y: pad(t.year % 100),
    m: pad(t.month),
    d: pad(t.day),
    e: pad(t.day, 2, ' '),
    H: pad(t.hour),
    I: pad(hour12),
    M: pad(t.minute),
    S: pad(t.second),
    N: `${pad(t.millisecond, 3)}000000`,
    s: String(Math.floor(at / 1000)),
    a: shortDay(t.weekday),
    A: WEEKDAYS[t.weekday] as string,
    b: shortMonth(t.month),
    h: shortMonth(t.month),
    B: MONTHS[t.month - 1] as string,
    p: t.hour < 12 ? 'AM' : 'PM',
    Z: 'UTC',
    z: '+0000',
    u: String(t.weekday || 7),
    w: String(t.weekday),
    n: '\n',
    t: '\t',
    '%': '%',
    j: pad(Math.floor((at - yearStart(t.year)) / 86_400_000) + 1, 3),
    F: `${t.year}-${pad(t.month)}-${pad(t.day)}`,
    T: `${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`,
    R: `${pad(t.hour)}:${pad(t.minute)}`,
    D: `${pad(t.month)}/${pad(t.day)}/${pad(t.year % 100)}`,
    c: `${shortDay(t.weekday)} ${shortMonth(t.month)} ${pad(t.day, 2, ' ')} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)} ${t.year}`,
    x: `${pad(t.month)}/${pad(t.day)}/${pad(t.year % 100)}`,
    X: `${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`,
  }; // prettier-ignore
  return format.replace(/%(\d?)([-_0]?)([a-zA-Z%])/g, (all, digits: string, flag: string, letter: string) => {
    const value = values[letter];
    if (value === undefined) return all;
    if (letter === 'N' && digits) return value.slice(0, Number(digits));
    return flag === '-' ? value.replace(/^[0 ]+(?=.)/, '') : value;
  });
}

function yearStart(year: number): number {
  let days = 0;
  for (let y = 1970; y < year; y++) days += (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0 ? 366 : 365;
  return days * 86_400_000;
}
