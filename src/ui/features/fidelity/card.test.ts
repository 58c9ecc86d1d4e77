import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCard, search } from './card.ts';

const TEXT = `# How real is this?

## scheduler

| what | fidelity | how it departs | upstream |
|---|---|---|---|
| \`NodeAffinity\` | full |  | \`pkg/scheduler/x.go\` |
| \`a \\| b\` | partial | one, two; \`three\` |  |

## empty

| what | fidelity | how it departs | upstream |
|---|---|---|---|

`;

test('reads rooms, levels, reasons and sources', () => {
  expect(readCard(TEXT)).toEqual([
    {
      name: 'scheduler',
      features: [
        { name: 'NodeAffinity', level: 'full', why: '', upstream: 'pkg/scheduler/x.go' },
        { name: 'a | b', level: 'partial', why: 'one, two; `three`', upstream: '' },
      ],
    },
  ]);
});

test('searches names, reasons and rooms, by level', () => {
  const rooms = readCard(TEXT);
  expect(search(rooms, 'three', undefined).flatMap(({ features }) => features.map(({ name }) => name))).toEqual([
    'a | b',
  ]);
  expect(search(rooms, 'SCHED', 'full').flatMap(({ features }) => features)).toHaveLength(1);
  expect(search(rooms, 'nothing like it', undefined)).toEqual([]);
});

test('the real document is read whole', () => {
  const text = readFileSync('docs/FIDELITY.md', 'utf8');
  const lines = text.match(/^\| .* \| (full|partial|none) \| /gm) ?? [];
  expect(lines.length).toBeGreaterThan(100);
  expect(readCard(text).flatMap(({ features }) => features)).toHaveLength(lines.length);
});
