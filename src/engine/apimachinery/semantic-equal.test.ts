import { expect, test } from 'vitest';
import { jsonEqual } from './json-value.ts';
import { semanticEqual } from './semantic-equal.ts';

test.each<[unknown, unknown, boolean, boolean]>([
  [{ a: 1 }, { a: 1 }, true, true],
  [{ a: 1 }, { a: 2 }, false, false],
  [{ a: undefined }, {}, true, true],
  [{}, undefined, true, false],
  [{ a: [] }, {}, true, false],
  [{}, { a: { b: { c: '' } } }, true, false],
  [{ a: 0 }, {}, false, false],
  [{}, { a: false }, false, false],
  [[1, 2], [2, 1], false, false],
  [[], {}, false, false],
  [{ 0: 'x' }, ['x'], false, false],
])('%j and %j: %s, to the letter %s', (a, b, semantic, exact) => {
  expect([semanticEqual(a, b), semanticEqual(b, a)]).toEqual([semantic, semantic]);
  expect([jsonEqual(a, b), jsonEqual(b, a)]).toEqual([exact, exact]);
});
