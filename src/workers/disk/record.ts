/** What one write to the disk holds: changed keys with their values as JSON, and keys that are gone, under a checksum. */

/** Raised when what is written cannot be read by an older build any more. */
export const FORMAT = 1;

export interface DiskRecord {
  readonly cluster: string;
  /** Increases with every write. */
  readonly number: number;
  readonly format: number;
  readonly keys: readonly string[];
  /** JSON, one per key. */
  readonly values: readonly string[];
  readonly removed: readonly string[];
  readonly sum: number;
}

export type RecordContent = Pick<DiskRecord, 'keys' | 'values' | 'removed'>;

/** A record that cannot be read. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
  constructor(
    readonly kind: 'damaged' | 'newer',
    message: string,
  ) {
    super(message);
  }
}

function mix(hash: number, text: string): number {
  let sum = Math.imul(hash ^ text.length, 0x01000193);
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum;
}

/** FNV-1a over everything a record says. */
function checksum({ keys, values, removed }: RecordContent): number {
  let sum = mix(0x811c9dc5, `${keys.length} ${removed.length}`);
  for (const key of keys) sum = mix(sum, key);
  for (const value of values) sum = mix(sum, value);
  for (const key of removed) sum = mix(sum, key);
  return sum >>> 0;
}

export const seal = (cluster: string, number: number, content: RecordContent): DiskRecord => ({
  cluster,
  number,
  format: FORMAT,
  ...content,
  sum: checksum(content),
});

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

/** Throws UnreadableRecord for what is no record of ours, in a newer format, or not what was written. */
export function verify(record: DiskRecord): DiskRecord {
  const where = `record ${record.number}`;
  if (typeof record.format === 'number' && record.format > FORMAT)
    throw new UnreadableRecord('newer', `${where} has format ${record.format}, this build reads up to ${FORMAT}`);
  const wellFormed =
    isTexts(record.keys) &&
    isTexts(record.values) &&
    isTexts(record.removed) &&
    record.keys.length === record.values.length;
  if (!wellFormed) throw new UnreadableRecord('damaged', `${where} is not a record`);
  if (checksum(record) !== record.sum) throw new UnreadableRecord('damaged', `${where}: wrong checksum`);
  return record;
}

/** About how many bytes it takes. */
export const sizeOf = ({ keys, values, removed }: RecordContent): number => {
  let size = 64;
  for (const key of keys) size += key.length + 2;
  for (const value of values) size += value.length + 2;
  for (const key of removed) size += key.length + 2;
  return size;
};
