/** A whole cluster as one file, and back: what another computer, or a later day, opens again. */
import { BUILD } from '../build.ts';
import type { Recipe } from '../protocol.ts';
import type { Catalog } from './catalog.ts';
import { type ClusterEntry, openDatabase } from './database.ts';
import { FORMAT, type RecordContent, seal, sizeOf } from './record.ts';

/** What a file says of itself first. */
const KIND = 'podarium cluster';
/** More is nobody's cluster. Bytes, unpacked. */
const MAX_BYTES = 1024 * 1024 * 1024;

interface ClusterFile {
  readonly kind: typeof KIND;
  readonly format: number;
  readonly build: string;
  readonly name: string;
  readonly recipe: Recipe;
  readonly records: readonly RecordContent[];
}

/** A file that cannot be opened. */
class BadClusterFile extends Error {
  override readonly name = 'BadClusterFile';
  constructor(
    readonly problem: 'not-ours' | 'newer' | 'damaged' | 'too-large',
    message: string,
  ) {
    super(message);
  }
}

/** Everything that is on the disk of it, gzipped JSON; a damaged one too, as far as it can be read. */
export async function exportCluster({ id, name, recipe }: ClusterEntry): Promise<Blob> {
  const db = await openDatabase();
  const records = await db.getAll('records', IDBKeyRange.bound([id], [id, []]));
  const contents = records.map(({ keys, values, removed }) => ({ keys, values, removed }));
  const file: ClusterFile = { kind: KIND, format: FORMAT, build: BUILD, name, recipe, records: contents };
  const packed = new Blob([JSON.stringify(file)]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(packed).blob();
}

async function unpack(file: Blob): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  try {
    const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      size += piece.value.length;
      if (size > MAX_BYTES) throw new BadClusterFile('too-large', `more than ${MAX_BYTES} bytes`);
      text += decoder.decode(piece.value, { stream: true });
    }
  } catch (error) {
    if (error instanceof BadClusterFile) throw error;
    throw new BadClusterFile('not-ours', 'not a compressed file');
  }
  return text;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

function isContent(value: unknown): value is RecordContent {
  const { keys, values, removed } = (value ?? {}) as Partial<RecordContent>;
  return isTexts(keys) && isTexts(values) && isTexts(removed) && keys.length === values.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function read(text: string): ClusterFile {
  let file: Partial<ClusterFile>;
  try {
    file = JSON.parse(text) as Partial<ClusterFile>;
  } catch {
    throw new BadClusterFile('damaged', 'not JSON');
  }
  if (file?.kind !== KIND) throw new BadClusterFile('not-ours', 'no cluster of Podarium');
  if (typeof file.format !== 'number' || file.format > FORMAT)
    throw new BadClusterFile('newer', `format ${file.format}, this build reads up to ${FORMAT}`);
  const { name, recipe, records } = file;
  const whole =
    typeof name === 'string' &&
    typeof recipe === 'object' &&
    typeof recipe?.options === 'object' &&
    Array.isArray(records) &&
    records.every((record) => isContent(record) && record.values.every(isJson));
  if (!whole) throw new BadClusterFile('damaged', 'something is missing in it');
  return file as ClusterFile;
}

/** Adds the cluster of a file; a name that is taken gets a number. Rejects with BadClusterFile. */
export async function importCluster(catalog: Catalog, file: Blob): Promise<ClusterEntry> {
  const { name, recipe, records } = read(await unpack(file));
  const db = await openDatabase();
  const entry = await catalog.add(name.slice(0, 100), recipe);
  const tx = db.transaction('records', 'readwrite');
  await Promise.all([...records.map((content, i) => tx.store.put(seal(entry.id, i + 1, content))), tx.done]);
  return entry;
}

/** About how many bytes each cluster takes, by id. Reads everything: for a dialog, not for a loop. */
export async function sizes(): Promise<ReadonlyMap<string, number>> {
  const db = await openDatabase();
  const found = new Map<string, number>();
  let cursor = await db.transaction('records').store.openCursor();
  while (cursor) {
    const { cluster } = cursor.value;
    found.set(cluster, (found.get(cluster) ?? 0) + sizeOf(cursor.value));
    cursor = await cursor.continue();
  }
  return found;
}
