import { expect, it } from 'vitest';
import { plainText, spansOf } from './ansi.ts';

it.each([
  ['plain', [{ text: 'plain' }]],
  ['a\u001b[31mred\u001b[0m b', [{ text: 'a' }, { colour: 'red', text: 'red' }, { text: ' b' }]],
  [
    '\u001b[1;92mok\u001b[22m.\u001b[39m.',
    [{ bold: true, colour: 'green', text: 'ok' }, { colour: 'green', text: '.' }, { text: '.' }],
  ],
  ['\u001b[2J\u001b[Hx\u0007', [{ text: 'x' }]],
  ['\u001b]0;title\u0007y\rz', [{ text: 'y' }, { text: 'z' }]],
])('%j', (line, spans) => {
  expect(spansOf(line)).toEqual(spans);
});

it('what is no markup stays text', () => {
  expect(plainText('<img src=x onerror=alert(1)>\u001b[0m')).toBe('<img src=x onerror=alert(1)>');
});
