import { expect, test } from 'vitest';
import { humanDuration } from './duration.ts';

test.each([
  [-5000, '<invalid>'],
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [125_000, '2m5s'],
  [600_000, '10m'],
  [3 * 3_600_000, '3h'],
  [3 * 3_600_000 + 60_000, '3h1m'],
  [9 * 3_600_000, '9h'],
  [49 * 3_600_000, '2d1h'],
  [10 * 86_400_000, '10d'],
  [800 * 86_400_000, '2y70d'],
])('%i ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text));
