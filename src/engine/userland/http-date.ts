/** Dates as programs print them, from virtual time, always UTC. */
import { civilTime, type Millis } from '#engine/sim';

export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const pad = (n: number, width = 2, fill = '0') => String(n).padStart(width, fill);
export const shortMonth = (month: number) => (MONTHS[month - 1] ?? '').slice(0, 3);
export const shortDay = (weekday: number) => (WEEKDAYS[weekday] ?? '').slice(0, 3);

/** `Sun, 22 Nov 2026 11:28:17 GMT` */
export function httpDate(at: Millis): string {
  const t = civilTime(at);
  return `${shortDay(t.weekday)}, ${pad(t.day)} ${shortMonth(t.month)} ${t.year} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)} GMT`;
}

/** `22/Nov/2026:11:28:17 +0000`, the common log format. */
export function logDate(at: Millis): string {
  const t = civilTime(at);
  return `${pad(t.day)}/${shortMonth(t.month)}/${t.year}:${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)} +0000`;
}

/** `2026/11/22 11:28:17` */
export function slashDate(at: Millis): string {
  const t = civilTime(at);
  return `${t.year}/${pad(t.month)}/${pad(t.day)} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`;
}
