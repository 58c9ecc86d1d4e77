/**
 * How long ago something was, in a few characters: `47s`, `5m30s`, `3h12m`, `2d4h`, `78d`, `2y14d`.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go
 */
import { type Millis, parseTime } from '#engine/sim';

const parts = (big: number, bigUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;

/** A little into the future still counts as now: clocks differ. */
export function humanDuration(durationMs: Millis): string {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return parts(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return parts(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return parts(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 2920 ? parts(years, 'y', days % 365, 'd') : `${years}y`;
}

/** The age of a timestamp, or `<unknown>` without one. */
export function sinceTime(time: string | undefined, now: Millis): string {
  const at = time ? parseTime(time) : undefined;
  return at === undefined ? '<unknown>' : humanDuration(now - at);
}
