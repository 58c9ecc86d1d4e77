/** Durations as Go writes them: `1h30m`, `500ms`. @upstream Go: src/time/format.go ParseDuration */
import type { Millis } from '#engine/sim';

/** A text that is no duration; the message is Go's. */
export class DurationSyntaxError extends Error {}

const UNITS: { readonly [unit: string]: number } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** In milliseconds. Throws DurationSyntaxError. */
export function parseGoDuration(text: string): Millis {
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return 0;
  const quoted = JSON.stringify(text);
  if (rest === '') throw new DurationSyntaxError(`time: invalid duration ${quoted}`);
  let total = 0;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw new DurationSyntaxError(`time: invalid duration ${quoted}`);
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? '';
    if (unit === '') throw new DurationSyntaxError(`time: missing unit in duration ${quoted}`);
    const factor = UNITS[unit];
    if (factor === undefined) {
      throw new DurationSyntaxError(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    }
    total += Number(number) * factor;
    rest = rest.slice(unit.length);
  }
  return sign === '-' ? -total : total;
}
