/** Server-side apply against a model that knows only leaves: who applied which, and with what value. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonMap } from './json-value.ts';
import type { KubeObject } from './meta.ts';
import type { FieldSchema, Schema, StructSchema } from './schema.ts';
import { serverSideApply } from './server-side-apply.ts';
import { StatusError } from './status.ts';

const text: Schema = { type: 'string' };
const fieldOf = (name: string, schema: Schema): [string, FieldSchema] => [
  name,
  { name, schema, required: false, byValue: false, omitEmpty: true, patchStrategies: [] },
];
const structOf = (...fields: [string, FieldSchema][]): StructSchema => ({
  type: 'struct',
  definition: 'test.v1.T',
  goName: 'T',
  atomic: false,
  fields: new Map(fields),
});
const labelMap: Schema = { type: 'map', values: text, atomic: false };
const item = structOf(fieldOf('name', text), fieldOf('image', text), fieldOf('labels', labelMap));
const metadata = structOf(fieldOf('name', text), fieldOf('labels', labelMap));
const schema = structOf(
  fieldOf('apiVersion', text),
  fieldOf('kind', text),
  fieldOf('metadata', metadata),
  fieldOf('size', text),
  fieldOf('items', { type: 'list', items: item, listType: 'map', keys: ['name'] }),
  fieldOf('args', { type: 'list', items: text, keys: [] }),
  fieldOf('words', { type: 'list', items: text, listType: 'set', keys: [] }),
);

interface Wanted {
  readonly size?: string;
  readonly labels: { readonly [key: string]: string };
  readonly items: readonly { readonly name: string; readonly image?: string; readonly labels: object }[];
  readonly args: readonly string[];
  readonly words: readonly string[];
}

const value = fc.constantFrom('1', '2', '3');
const labels = fc.dictionary(fc.constantFrom('x', 'y', 'z'), value, { maxKeys: 3 });
const wanted: fc.Arbitrary<Wanted> = fc.record(
  {
    size: value,
    labels,
    items: fc.uniqueArray(
      fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: value, labels }, { requiredKeys: ['name', 'labels'] }),
      { selector: ({ name }) => name, maxLength: 3 },
    ),
    args: fc.array(value, { maxLength: 2 }),
    words: fc.uniqueArray(value, { maxLength: 3 }),
  },
  { requiredKeys: ['labels', 'items', 'args', 'words'] },
);

const some = (one: object): boolean => Object.keys(one).length > 0;

/** What is empty is left out: an empty map or list is a claim of its own, which the model does not know. */
const configOf = ({ size, labels: own, items, args, words }: Wanted): JsonMap => ({
  apiVersion: 'v1',
  kind: 'T',
  metadata: { name: 't', ...(some(own) && { labels: { ...own } }) },
  ...(size !== undefined && { size }),
  ...(items.length > 0 && {
    items: items.map(({ labels: inner, ...rest }) => ({ ...rest, ...(some(inner) && { labels: { ...inner } }) })),
  }),
  ...(args.length > 0 && { args }),
  ...(words.length > 0 && { words }),
});

type Leaves = ReadonlyMap<string, string>;

/** Paths to values; members of sets and the keys of items are paths without one. */
function leavesOf(object: JsonMap): Leaves {
  const found = new Map<string, string>();
  const {
    metadata: meta,
    size,
    items,
    args,
    words,
  } = object as unknown as Partial<Wanted> & {
    readonly metadata: { readonly labels?: Wanted['labels'] };
  };
  for (const [key, one] of Object.entries(meta.labels ?? {})) found.set(`labels/${key}`, one);
  if (size !== undefined) found.set('size', size);
  for (const one of items ?? []) {
    found.set(`items/${one.name}`, '');
    if (one.image !== undefined) found.set(`items/${one.name}/image`, one.image);
    for (const [key, inner] of Object.entries(one.labels ?? {})) found.set(`items/${one.name}/labels/${key}`, inner);
  }
  if (args && args.length > 0) found.set('args', args.join());
  for (const word of words ?? []) found.set(`words/${word}`, '');
  return found;
}

class Model {
  live = new Map<string, string>();
  private readonly owned = new Map<string, Leaves>();

  private ownersOf(path: string, but: string): readonly string[] {
    return [...this.owned]
      .filter(([manager, leaves]) => manager !== but && leaves.has(path))
      .map(([manager]) => manager);
  }

  /** How many leaves others hold with another value. */
  conflicts(manager: string, config: Leaves): number {
    let count = 0;
    for (const [path, to] of config) if (this.live.get(path) !== to) count += this.ownersOf(path, manager).length;
    return count;
  }

  apply(manager: string, config: Leaves): void {
    for (const [path, to] of config) {
      if (this.live.get(path) === to) continue;
      for (const other of this.ownersOf(path, manager)) {
        this.owned.set(other, new Map([...(this.owned.get(other) ?? [])].filter(([one]) => one !== path)));
      }
    }
    const before = this.owned.get(manager) ?? new Map();
    this.owned.set(manager, config);
    for (const [path, to] of config) this.live.set(path, to);
    for (const path of before.keys()) {
      if (!config.has(path) && this.ownersOf(path, manager).length === 0) this.live.delete(path);
    }
  }
}

const step = fc.record({ manager: fc.constantFrom('ann', 'bob', 'cy'), force: fc.boolean(), wanted });

it('agrees with a model of leaves, in values, conflicts and what is given up', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const model = new Model();
      let live: KubeObject | undefined;
      for (const [i, { manager, force, wanted: one }] of steps.entries()) {
        const config = configOf(one);
        const leaves = leavesOf(config);
        const conflicts = force ? 0 : model.conflicts(manager, leaves);
        const identity = { manager, force, apiVersion: 'v1', time: `2026-01-01T00:00:0${i}Z`, resetFields: undefined };
        try {
          live = serverSideApply(live, config, schema, identity);
        } catch (error) {
          if (!(error instanceof StatusError)) throw error;
          expect(error.status.details?.causes).toHaveLength(conflicts);
          continue;
        }
        expect(conflicts).toBe(0);
        model.apply(manager, leaves);
        expect(new Map([...leavesOf(live as unknown as JsonMap)].sort())).toEqual(new Map([...model.live].sort()));
      }
    }),
    { seed: 20260101, numRuns: 400 },
  );
});
