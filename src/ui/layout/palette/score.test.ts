import { expect, test } from 'vitest';
import { bestOf, fitOf } from './score.ts';

test('whole, beginning, word, middle, letters in order, nothing', () => {
  const fits = ['pods', 'pods of web', 'all pods', 'tripods', 'port of deposits', 'services'].map((text) =>
    fitOf(text, 'pods'),
  );
  expect(fits).toEqual([...fits].sort((a, b) => b - a));
  expect(new Set(fits).size).toBe(fits.length);
  expect(fits.at(-1)).toBe(0);
});

test('finds by either language, the label before other words', () => {
  const entries = [
    { id: 'pause', names: ['pause or resume time', '暂停或继续时间'], words: ['freeze'] },
    { id: 'theme', names: ['theme: dark', '主题：深色'], words: [] },
    { id: 'freezer', names: ['freezer'], words: ['pod default'] },
  ];
  const ids = (query: string) => bestOf(entries, query, 5).map(({ id }) => id);
  expect(ids('暂停')).toEqual(['pause']);
  expect(ids('深色')).toEqual(['theme']);
  expect(ids('freeze')).toEqual(['freezer', 'pause']);
  expect(ids('thdark')).toEqual(['theme']);
  expect(ids('zzz')).toEqual([]);
});
