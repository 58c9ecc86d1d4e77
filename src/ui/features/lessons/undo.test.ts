import { expect, test } from 'vitest';
import { withoutLast } from './undo.ts';

const keys = (at: number, text: string) => ({ at, input: { type: 'terminal.input', terminal: 't', text } }) as const;
const opened = { at: 1, input: { type: 'terminal.open', terminal: 't', columns: 80, rows: 24 } } as const;
const typed = (line: string, startedAt: number, endedAt: number) => ({ line, code: 0, startedAt, endedAt });

test('the keys of the last line are left out, what came in between stays', () => {
  const wait = { at: 25, input: { type: 'command', line: 'true' } } as const;
  const journal = [opened, keys(10, 'one\r'), keys(22, 'tw'), wait, keys(30, 'o\r'), keys(40, 'x')];
  const recipe = withoutLast({ options: { nodes: 1 }, journal, until: 50 }, [
    typed('one', 10, 20),
    typed('two', 30, 35),
  ]);
  expect(recipe?.journal).toEqual([
    opened,
    keys(10, 'one\r'),
    wait,
    { at: 29, input: { type: 'terminal.hangup', terminal: 't' } },
  ]);
  expect(recipe?.until).toBe(30);
});

test('the only line leaves the start; without one there is nothing to undo', () => {
  const recording = { options: {}, journal: [opened, keys(10, 'one\r')], until: 50 };
  expect(withoutLast(recording, [typed('one', 10, 20)])?.journal?.map(({ input }) => input.type)).toEqual([
    'terminal.open',
    'terminal.hangup',
  ]);
  expect(withoutLast(recording, [])).toBeUndefined();
});
