/** A fixed sample of the recordings: the figures in floors.json must not fall. Skipped, with a notice, in a clone without recordings. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import floors from './floors.json' with { type: 'json' };
import { suites } from './run.ts';
import { Oracle } from './suite.ts';

const DIRECTORY = '../shared/oracle';
const present = existsSync(DIRECTORY);
if (!present) process.stderr.write(`notice: no recordings at ${DIRECTORY}; conformance is skipped\n`);

describe.skipIf(!present)('agreement with the recordings', () => {
  test.each(Object.entries(floors))(
    '%s: at least %d cases of the sample',
    { timeout: 600_000 },
    async (name, floor) => {
      const suite = suites.find((one) => one.name === name);
      const results = (await suite?.run(new Oracle(DIRECTORY), { quick: true, differences: 20 })) ?? [];
      const passed = results.reduce((sum, { passed: agree }) => sum + agree, 0);
      expect(passed, results.flatMap(({ firstDifferences }) => firstDifferences).join('\n')).toBeGreaterThanOrEqual(
        floor,
      );
    },
  );

  test('every suite has a floor', () => {
    expect(new Set(Object.keys(floors))).toEqual(new Set(suites.map(({ name }) => name)));
  });

  test('a planted wrong answer fails', { timeout: 60_000 }, async () => {
    const planted = mkdtempSync(join(tmpdir(), 'podarium-oracle-'));
    mkdirSync(join(planted, 'api'));
    const line = readFileSync(join(DIRECTORY, 'api/defaults.jsonl'), 'utf8')
      .split('\n')
      .find((text) => text.startsWith('{"id":"defaults/configmap/') || text.startsWith('{"id": "defaults/configmap/'));
    if (!line) throw new Error('the recordings have no ConfigMap');
    const wrong = line.replace(
      /"kind": ?"ConfigMap", ?"apiVersion": ?"v1", ?"metadata"/,
      '"kind":"ConfigMop","apiVersion":"v1","metadata"',
    );
    expect(wrong).not.toBe(line);
    const suite = suites.find(({ name }) => name === 'defaults');
    const verdict = async (text: string) => {
      writeFileSync(join(planted, 'api/defaults.jsonl'), `${text}\n`);
      return (await suite?.run(new Oracle(planted), { quick: false, differences: 5 }))?.[0];
    };
    expect(await verdict(line)).toMatchObject({ passed: 1, total: 1 });
    expect(await verdict(wrong)).toMatchObject({
      passed: 0,
      total: 1,
      firstDifferences: [expect.stringContaining('ConfigMop')],
    });
  });
});
