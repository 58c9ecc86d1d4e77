import { expect, test } from 'vitest';
import { Keystrokes, withControl } from './keystrokes.ts';

test.each([
  ['c', '\x03'],
  ['R', '\x12'],
  ['[', '\x1b'],
  [' ', '\0'],
  ['1', '1'],
])('Control and %s', (key, sequence) => expect(withControl(key)).toBe(sequence));

test('Control holds for one key', () => {
  const sent: string[] = [];
  const keys = new Keystrokes(
    (data) => sent.push(data),
    () => undefined,
  );
  keys.toggleControl();
  keys.send('c');
  keys.send('c');
  expect(sent).toEqual(['\x03', 'c']);
});

test('a line waits until files are saved, and what is typed meanwhile stays behind it', async () => {
  const sent: string[] = [];
  let saved: () => void = () => undefined;
  let pending: Promise<void> | undefined = new Promise((resolve) => {
    saved = resolve;
  });
  const keys = new Keystrokes(
    (data) => sent.push(data),
    () => pending,
  );
  keys.send('ls');
  keys.send('\r');
  keys.send('x');
  expect(sent).toEqual(['ls']);
  pending = undefined;
  saved();
  await Promise.resolve();
  await Promise.resolve();
  expect(sent).toEqual(['ls', '\r', 'x']);
});
