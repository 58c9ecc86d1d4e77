import { expect, test } from 'vitest';
import { placeCard } from './place.ts';

const card = { width: 320, height: 200 };
const desk = { width: 1440, height: 900 };

test.each([
  ['below the bar', { left: 100, top: 0, width: 200, height: 40 }, { left: 40, top: 52 }],
  ['beside a tall pane at the left', { left: 0, top: 40, width: 500, height: 860 }, { left: 512, top: 370 }],
  ['beside a tall pane at the right', { left: 600, top: 40, width: 840, height: 860 }, { left: 268, top: 370 }],
  ['above a strip at the foot', { left: 0, top: 810, width: 1440, height: 90 }, { left: 560, top: 598 }],
  ['inside what fills the window', { left: 0, top: 0, width: 1440, height: 900 }, { left: 560, top: 688 }],
])('%s', (_, about, place) => {
  expect(placeCard(about, card, desk)).toEqual(place);
});

test('is whole in a small window, wherever the thing is', () => {
  for (const top of [-500, 0, 300, 720]) {
    const at = placeCard({ left: 0, top, width: 360, height: 60 }, card, { width: 360, height: 740 });
    expect(at.left).toBeGreaterThanOrEqual(0);
    expect(at.left + card.width).toBeLessThanOrEqual(360);
    expect(at.top + card.height).toBeLessThanOrEqual(740);
    expect(at.top).toBeGreaterThanOrEqual(0);
  }
});
