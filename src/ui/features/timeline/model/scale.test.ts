import { expect, test } from 'vitest';
import { instantAt, positionOf, stretchOf, ticksOf, wholeStretch, zoomed } from './scale.ts';

const BOOT = Date.UTC(2026, 0, 1);
const s = (seconds: number) => BOOT + seconds * 1000;

test('all of time grows by steps: marks stay where they are', () => {
  expect(wholeStretch(BOOT, s(70))).toEqual({ from: BOOT, to: s(120) });
  expect(wholeStretch(BOOT, s(110))).toEqual({ from: BOOT, to: s(120) });
  expect(wholeStretch(BOOT, s(119))).toEqual({ from: BOOT, to: s(300) });
});

test('a zoomed axis turns the page when the playhead leaves it', () => {
  expect(stretchOf(60_000, s(100), BOOT, s(500), s(130))).toEqual({ from: s(100), to: s(160) });
  const turned = stretchOf(60_000, s(100), BOOT, s(500), s(170));
  expect(turned.from).toBeGreaterThan(s(100));
  expect(turned.to).toBeGreaterThan(s(170));
  // Never before the beginning, never all future.
  expect(stretchOf(60_000, s(-50), BOOT, s(500), s(5)).from).toBe(BOOT);
  expect(stretchOf(60_000, s(490), BOOT, s(500), s(500)).from).toBeLessThanOrEqual(s(480));
});

test('zooming goes through the spans and ends in all there is', () => {
  const all = { from: BOOT, to: s(600) };
  expect(zoomed('all', 'in', all)).toBe(300_000);
  expect(zoomed(300_000, 'in', all)).toBe(120_000);
  expect(zoomed(10_000, 'in', all)).toBe(10_000);
  expect(zoomed(120_000, 'out', all)).toBe(300_000);
  expect(zoomed(300_000, 'out', all)).toBe('all');
  expect(zoomed('all', 'out', all)).toBe('all');
});

test('positions and instants are each other’s inverse', () => {
  const stretch = { from: s(0), to: s(100) };
  expect(positionOf(stretch, s(25), 400)).toBe(100);
  expect(instantAt(stretch, 100, 400)).toBe(s(25));
  expect(instantAt(stretch, -50, 400)).toBe(s(0));
  expect(instantAt(stretch, 900, 400)).toBe(s(100));
});

test('ticks are at round times and do not crowd', () => {
  const ticks = ticksOf({ from: s(7), to: s(127) }, 600);
  expect(ticks.map(({ label }) => label)).toEqual(['00:00:30', '00:01:00', '00:01:30', '00:02:00']);
  expect(ticksOf({ from: BOOT, to: s(86_400 * 3) }, 300).map(({ label }) => label)).toEqual([
    '01-01',
    '01-02',
    '01-03',
    '01-04',
  ]);
});
