/** What a link carries, and how a stranger's is read. */

import type { Recipe } from '../../../../workers/protocol.ts';
import type { CentreTab, ObjectReference } from '../../../session/index.ts';
import { LinkError, pack, unpack } from './codec.ts';
import { readJournal, readOptions, writeJournal } from './journal.ts';
import { Fields, nestsTooDeep } from './reader.ts';

/** What was on show. */
export interface SharedView {
  readonly tab?: CentreTab;
  readonly selected?: ObjectReference;
  readonly lesson?: string;
  /** An instant of the past that was looked at. */
  readonly instant?: number;
}

export interface Shared {
  readonly title: string;
  /** The engine it was made with: inputs are replayed by the same only. */
  readonly build: string;
  readonly options: Recipe['options'];
  /** Absent: manifests alone. */
  readonly replay?: {
    readonly journal: NonNullable<Recipe['journal']>;
    readonly until: number;
    /** What the cluster's state digests to at `until`. */
    readonly digest: string;
  };
  /** The author's objects: what a link of another build falls back to. */
  readonly manifests: string;
  readonly paused: boolean;
  readonly view: SharedView;
}

const FORMAT = 1;
const MAX_DEPTH = 64;
const MAX_MANIFESTS = 2_000_000;
const TABS: readonly CentreTab[] = ['map', 'overview', 'editor', 'browser'];

/** The text behind `#s=`, and of a `.podarium.json` file. */
export function writeShared({ title, build, options, replay, manifests, paused, view }: Shared): string {
  const { users: _users, pki: _pki, freeze: _freeze, hollowNode: _node, ...plain } = options;
  return JSON.stringify({
    podarium: FORMAT,
    title,
    build,
    options: plain,
    ...(replay && { journal: writeJournal(replay.journal), until: replay.until, digest: replay.digest }),
    manifests,
    ...(paused && { paused }),
    view,
  });
}

export const packShared = (shared: Shared): Promise<string> => pack(writeShared(shared));
export const unpackShared = async (packed: string): Promise<Shared> => readShared(await unpack(packed));

/** Throws LinkError for whatever this page would not have written. */
export function readShared(text: string): Shared {
  if (nestsTooDeep(text, MAX_DEPTH)) throw new LinkError('broken', `nested deeper than ${MAX_DEPTH}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LinkError('broken', error instanceof Error ? error.message : String(error));
  }
  const fields = new Fields(value, 'link');
  if (!fields.has('podarium')) throw new LinkError('not-ours', 'no link of Podarium');
  if (fields.number('podarium', 1, 1e9) > FORMAT) throw new LinkError('newer', 'made by a newer Podarium');
  const options = readOptions(fields.fields('options'));
  const replay = fields.has('journal') ? readReplay(fields, options) : undefined;
  const shared: Shared = {
    title: fields.text('title', 200),
    build: fields.text('build', 100),
    options,
    ...(replay && { replay }),
    manifests: fields.text('manifests', MAX_MANIFESTS),
    paused: fields.flag('paused'),
    view: readView(fields.fields('view')),
  };
  fields.end();
  return shared;
}

/** How far a link may reach, virtual ms. */
const MAX_SPAN_MS = 90 * 86_400_000;

function readReplay(fields: Fields, options: Recipe['options']): NonNullable<Shared['replay']> {
  const start = Date.parse(options.start ?? '2026-01-01T00:00:00Z');
  const until = fields.number('until', start, start + MAX_SPAN_MS);
  return {
    journal: readJournal(fields.list('journal', 50_000), start, until),
    until,
    digest: fields.text('digest', 64),
  };
}

function readView(fields: Fields): SharedView {
  const tab = fields.optionalOneOf('tab', TABS);
  const lesson = fields.optionalText('lesson', 200);
  const instant = fields.has('instant') ? fields.number('instant', 0, 8.64e15) : undefined;
  const selected = fields.optionalFields('selected');
  const view: SharedView = {
    ...(tab && { tab }),
    ...(lesson !== undefined && { lesson }),
    ...(instant !== undefined && { instant }),
    ...(selected && { selected: readReference(selected) }),
  };
  fields.end();
  return view;
}

const NAME = 253;

function readReference(fields: Fields): ObjectReference {
  const resource = fields.fields('resource');
  const namespace = fields.optionalText('namespace', NAME);
  const reference = {
    resource: {
      group: resource.text('group', NAME),
      version: resource.text('version', 63),
      plural: resource.text('plural', NAME),
      singular: resource.text('singular', NAME),
      kind: resource.text('kind', 63),
      namespaced: resource.flag('namespaced'),
    },
    ...(namespace !== undefined && { namespace }),
    name: fields.text('name', NAME),
  };
  fields.end();
  return reference;
}

/** What of a reference travels. */
export const plainReference = ({ resource, namespace, name }: ObjectReference): ObjectReference => ({
  resource: {
    group: resource.group,
    version: resource.version,
    plural: resource.plural,
    singular: resource.singular,
    kind: resource.kind,
    namespaced: resource.namespaced,
  },
  ...(namespace !== undefined && { namespace }),
  name,
});
