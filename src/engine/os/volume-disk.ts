/** A volume's changes as they lie on a disk: one entry per file or directory that differs from the layers, large files in blocks. */
import type { Ledger, Millis, Saved } from '#engine/sim';
import type { FileNode, Inode } from './inode.ts';
import { bytesToPlain, type PlainBytes, plainToBytes } from './plain-bytes.ts';

const BLOCK_BYTES = 16 * 1024;

interface Entry {
  readonly kind: 'file' | 'directory' | 'symlink' | 'removed';
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modified?: Millis;
  readonly target?: string;
  /** Of a small file. */
  readonly data?: PlainBytes;
  /** Of a large file: its blocks lie in the section `blocks` under `number path`. */
  readonly size?: number;
}

/** Something on the disk that a volume starts with. */
export interface StoredNode {
  readonly parts: readonly string[];
  readonly kind: Entry['kind'];
  readonly meta: { readonly mode: number; readonly uid: number; readonly gid: number; readonly modified: Millis };
  readonly target: string;
  readonly data: Uint8Array;
}

const pathOf = (parts: readonly string[]) => `/${parts.join('/')}`;
const partsOf = (path: string) => path.split('/').filter((part) => part !== '');

/** What a volume tells about its tree. */
export interface Tree {
  lookup(parts: readonly string[]): Inode | undefined;
  /** What the layers have there. */
  layered(parts: readonly string[]): Inode | undefined;
}

export class VolumeDisk {
  private readonly blocks: Ledger;
  /** Blocks written of each large file. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly ledger: Ledger,
    private readonly tree: Tree,
    saved?: Saved,
  ) {
    this.blocks = ledger.section('blocks');
    for (const key of saved?.section('blocks').keys() ?? []) {
      const space = key.indexOf(' ');
      const [number, path] = [Number(key.slice(0, space)), key.slice(space + 1)];
      this.written.set(path, Math.max(this.written.get(path) ?? 0, number + 1));
    }
  }

  /** The node there changed, came or went; of a file, from that byte on. */
  touch(parts: readonly string[], from = 0): void {
    const path = pathOf(parts);
    const node = this.tree.lookup(parts);
    if (!node && !this.tree.layered(parts)) this.ledger.remove(path);
    else this.ledger.put(path, () => this.entry(parts));
    this.writeBlocks(path, node?.kind === 'file' && node.size > BLOCK_BYTES ? node : undefined, from);
  }

  /** A whole tree came or went. */
  touchAll(parts: readonly string[], node: Inode | undefined): void {
    this.touch(parts);
    if (node?.kind !== 'directory') return;
    for (const [name, child] of node.entries) this.touchAll([...parts, name], child);
  }

  private entry(parts: readonly string[]): Entry {
    const node = this.tree.lookup(parts);
    if (!node || node.kind === 'device' || node.kind.startsWith('virtual')) return { kind: 'removed' };
    const { mode, uid, gid, modified } = node;
    const meta = { mode, uid, gid, modified };
    if (node.kind === 'symlink') return { kind: 'symlink', ...meta, target: node.target };
    if (node.kind !== 'file') return { kind: 'directory', ...meta };
    if (node.size > BLOCK_BYTES) return { kind: 'file', ...meta, size: node.size };
    return { kind: 'file', ...meta, data: bytesToPlain(node.bytes.subarray(0, node.size)) };
  }

  private writeBlocks(path: string, large: FileNode | undefined, from: number): void {
    const before = this.written.get(path) ?? 0;
    const count = large ? Math.ceil(large.size / BLOCK_BYTES) : 0;
    if (before === 0 && count === 0) return;
    for (let i = count; i < before; i++) this.blocks.remove(`${i} ${path}`);
    const first = before === 0 ? 0 : Math.floor(from / BLOCK_BYTES);
    for (let i = first; i < count; i++) this.blocks.put(`${i} ${path}`, () => this.block(path, i));
    if (count > 0) this.written.set(path, count);
    else this.written.delete(path);
  }

  private block(path: string, number: number): PlainBytes {
    const node = this.tree.lookup(partsOf(path));
    if (node?.kind !== 'file') return '';
    return bytesToPlain(node.bytes.subarray(number * BLOCK_BYTES, Math.min(node.size, (number + 1) * BLOCK_BYTES)));
  }
}

function dataOf(saved: Saved, path: string, { data, size }: Entry): Uint8Array {
  if (size === undefined) return plainToBytes(data ?? '');
  const bytes = new Uint8Array(size);
  const blocks = saved.section('blocks');
  for (let i = 0; i * BLOCK_BYTES < size; i++)
    bytes.set(plainToBytes(blocks.get(`${i} ${path}`) as PlainBytes), i * BLOCK_BYTES);
  return bytes;
}

/** Everything on the disk, parents before their children. */
export function storedNodes(saved: Saved): readonly StoredNode[] {
  return [...saved.keys()]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => {
      const entry = saved.get(path) as Entry;
      const { kind, mode = 0o755, uid = 0, gid = 0, modified = 0, target = '' } = entry;
      const data = kind === 'file' ? dataOf(saved, path, entry) : new Uint8Array();
      return { parts: partsOf(path), kind, meta: { mode, uid, gid, modified }, target, data };
    });
}
