import { expect, test } from 'vitest';
import { pressesAlt, shownKeys } from './keys.ts';

const press = (code: string, shiftKey = false, altKey = true) => ({ code, shiftKey, altKey });

test.each([
  ['Alt+L', press('KeyL'), true],
  ['Alt+L', press('KeyL', true), false],
  ['Alt+Shift+L', press('KeyL', true), true],
  ['Alt+.', press('Period'), true],
  ['Alt+1', press('Digit1'), true],
  ['Alt+1', press('Digit2'), false],
  ['?', press('Slash', true), false],
  ['Ctrl+Alt+L', press('KeyL'), false],
  ['Alt+L', press('KeyL', false, false), false],
])('%s is %o: %s', (keys, pressed, expected) => {
  expect(pressesAlt(keys, pressed)).toBe(expected);
});

test('a Mac shows its own signs', () => {
  expect(shownKeys('Ctrl+K', true)).toBe('⌘K');
  expect(shownKeys('Alt+Shift+.', true)).toBe('⌥⇧.');
  expect(shownKeys('Alt+1', false)).toBe('Alt+1');
});
