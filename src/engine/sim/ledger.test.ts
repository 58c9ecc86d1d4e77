import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChanges, ChangeLog, type Ledger, Saved } from './ledger.ts';

const name = fc.constantFrom('a', 'b\n', '\\', '\\n', 'node/1', '');

test('what is put is found again, whatever the keys are called', () => {
  const act = fc.constantFrom('put', 'put', 'put', 'remove', 'clear');
  const step = fc.record({
    act,
    path: fc.array(name, { maxLength: 2 }),
    key: name,
    value: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.array(step), fc.nat(5), (steps, every) => {
      const log = new ChangeLog();
      const texts = new Map<string, string>();
      const expected = new Map<string, unknown>();
      for (const [i, { act, path, key, value }] of steps.entries()) {
        const sections = path.map((part) => `s${part.replaceAll('\n', '')}`);
        const part = sections.reduce((ledger, section) => ledger.section(section), log as Ledger);
        const id = JSON.stringify([...sections, key]);
        if (act === 'clear') {
          part.clear();
          for (const other of expected.keys())
            if (sections.every((name, depth) => (JSON.parse(other) as string[]).slice(0, -1)[depth] === name))
              expected.delete(other);
        } else if (act === 'remove') {
          part.remove(key);
          expected.delete(id);
        } else {
          part.put(key, () => value);
          expected.set(id, value);
        }
        if (i % (every + 1) === 0) applyChanges(texts, log.take());
      }
      applyChanges(texts, log.take());
      const found = new Map<string, unknown>();
      const walk = (saved: Saved, path: readonly string[]) => {
        for (const key of saved.keys()) found.set(JSON.stringify([...path, key]), saved.get(key));
        for (const section of saved.names()) walk(saved.section(section), [...path, section]);
      };
      walk(new Saved(texts), []);
      const plain = [...expected].map(([id, value]) => [id, JSON.parse(JSON.stringify(value))]);
      expect(new Map(found)).toEqual(new Map(plain as [string, unknown][]));
    }),
  );
});

test('a value is asked for when it is taken, once', () => {
  const log = new ChangeLog();
  let value = 1;
  log.put('x', () => value);
  log.put('x', () => value);
  value = 2;
  expect(log.take()).toEqual({ keys: ['x'], values: ['2'], removed: [] });
  expect(log.empty).toBe(true);
});
