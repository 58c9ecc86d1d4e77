/** A tree of files with copy-on-write: shared read-only image layers below, one container's own changes above. */
import type { Clock, Ledger, Saved } from '#engine/sim';
import { osError } from './file-system.ts';
import type { ImageLayer } from './image.ts';
import { copyFor, type DirectoryNode, directoryNode, type FileNode, fileNode, type Inode, meta } from './inode.ts';
import { mergedTree } from './layer-tree.ts';
import { storedNodes, VolumeDisk } from './volume-disk.ts';

/** The disk a volume lies on, shared with others. */
export interface Disk {
  /** Nothing more fits: every write that needs room fails with ENOSPC. */
  full: boolean;
}

export interface VolumeOptions {
  /** Lowest first. Their merged tree is built once per list and shared. */
  readonly layers?: readonly ImageLayer[];
  /** ENOSPC beyond it. */
  readonly capacityBytes?: number;
  readonly disk?: Disk;
  /** Where its changes are written down; without it they do not survive a power cut. */
  readonly ledger?: Ledger;
  /** Changes to start with, as a volume with the same layers has written them. */
  readonly saved?: Saved;
  /** What `mount` and `df` show: overlay, tmpfs, /dev/vda1 … */
  readonly source?: string;
  readonly type?: string;
}

/** Enough for what a learner does, and a bound on what a runaway program can cost. */
const DEFAULT_CAPACITY_BYTES = 256 * 1024 * 1024;

/**
 * Creates a volume: a container's root (with layers), or an emptyDir, tmpfs or host directory (without).
 * @fidelity partial: no hard links, quotas per user or special bits; directories are copied up when first written to
 */
export const createVolume = (clock: Clock, options: VolumeOptions = {}): Volume => new Volume(clock, options);

/** Paths inside a volume are lists of names, already free of symlinks and dots: resolving them is the file system's work. */
export class Volume {
  readonly capacityBytes: number;
  readonly source: string;
  readonly type: string;
  private used = 0;
  private readonly disk: Disk | undefined;
  private root: Inode;
  private readonly base: Inode;
  private readonly writer: VolumeDisk | undefined;

  constructor(
    private readonly clock: Clock,
    options: VolumeOptions,
  ) {
    this.disk = options.disk;
    this.capacityBytes = options.capacityBytes ?? DEFAULT_CAPACITY_BYTES;
    this.source = options.source ?? (options.layers ? 'overlay' : 'tmpfs');
    this.type = options.type ?? (options.layers ? 'overlay' : 'tmpfs');
    this.base = options.layers ? mergedTree(options.layers) : directoryNode(0o755, clock.now(), this);
    this.root = this.base;
    const { ledger, saved } = options;
    if (saved) this.restore(saved);
    // A volume without layers owns its base: everything in it is a change.
    const { base } = this;
    const layered = base.owner === this ? () => undefined : (parts: readonly string[]) => lookupIn(base, parts);
    if (ledger) this.writer = new VolumeDisk(ledger, { lookup: (parts) => this.lookup(parts), layered }, saved);
  }

  /** Bytes of files that this volume itself holds, without its layers. */
  get usedBytes(): number {
    return this.used;
  }

  lookup(parts: readonly string[]): Inode | undefined {
    return lookupIn(this.root, parts);
  }

  /** The root of a tree made on the fly (/proc). */
  replaceRoot(root: Inode): void {
    this.root = root;
  }

  /** Changes what a node says about itself. */
  change(parts: readonly string[], edit: (node: Inode) => void): void {
    edit(this.own(parts));
    this.writer?.touch(parts);
  }

  /** The node there, copied up if need be so that it may be changed. Missing directories are made. */
  private own(parts: readonly string[]): Inode {
    if (this.root.owner !== this) this.root = copyFor(this.root, this);
    let node = this.root;
    for (const [depth, part] of parts.entries()) {
      if (node.kind !== 'directory') throw osError(node.kind === 'virtual-directory' ? 'EPERM' : 'ENOTDIR');
      let child = node.entries.get(part);
      const missing = !child;
      if (!child) child = directoryNode(0o755, this.clock.now(), this);
      else if (child.owner !== this) child = this.copyUp(child);
      node.entries.set(part, child);
      if (missing) this.writer?.touch(parts.slice(0, depth + 1));
      node = child;
    }
    return node;
  }

  put(parent: readonly string[], name: string, moved: Inode): void {
    const node = this.adopt(moved);
    const directory = this.ownDirectory(parent);
    const before = directory.entries.get(name);
    this.forget(before);
    directory.entries.set(name, node);
    directory.modified = this.clock.now();
    this.writer?.touch(parent);
    if (before?.kind === 'directory') this.writer?.touchAll([...parent, name], before);
    this.writer?.touchAll([...parent, name], node);
  }

  /** Takes a node out of its directory and returns it. */
  take(parent: readonly string[], name: string): Inode | undefined {
    const directory = this.ownDirectory(parent);
    const node = directory.entries.get(name);
    directory.entries.delete(name);
    directory.modified = this.clock.now();
    this.writer?.touch(parent);
    this.writer?.touchAll([...parent, name], node);
    return node;
  }

  remove(parent: readonly string[], name: string): void {
    this.forget(this.take(parent, name));
  }

  create(parent: readonly string[], name: string, data: Uint8Array, mode: number, uid: number, gid: number): void {
    this.charge(data.length);
    const node = fileNode(data.slice(), mode, this.clock.now(), this);
    this.put(parent, name, Object.assign(node, { uid, gid }));
  }

  createDirectory(parent: readonly string[], name: string, mode: number, uid: number, gid: number): void {
    this.put(parent, name, Object.assign(directoryNode(mode, this.clock.now(), this), { uid, gid }));
  }

  createLink(parent: readonly string[], name: string, target: string): void {
    this.put(parent, name, { kind: 'symlink', target, ...meta(0o777, this.clock.now(), this) });
  }

  /** Replaces or extends the bytes of a file that is there. */
  write(parts: readonly string[], data: Uint8Array, append: boolean): void {
    const file = this.own(parts) as FileNode;
    const before = file.size;
    const size = append ? file.size + data.length : data.length;
    this.charge(size - file.size);
    if (!append) file.bytes = data.slice();
    else {
      if (size > file.bytes.length) {
        const grown = new Uint8Array(Math.max(size, file.bytes.length * 2, 256));
        grown.set(file.bytes.subarray(0, file.size));
        file.bytes = grown;
      }
      file.bytes.set(data, file.size);
    }
    file.size = size;
    file.modified = this.clock.now();
    this.writer?.touch(parts, append ? before : 0);
  }

  /** Takes everything in it off the disk: nobody will mount it again. */
  discard(): void {
    const whole = this.root;
    this.root = directoryNode(0o755, this.clock.now(), this);
    this.used = 0;
    this.writer?.touchAll([], whole);
  }

  /** Nothing but what is written changes: not even the times of directories. */
  private restore(saved: Saved): void {
    for (const { parts, kind, meta: stored, target, data } of storedNodes(saved)) {
      const name = parts.at(-1);
      if (kind === 'directory' && (name === undefined || this.lookup(parts)?.kind === 'directory')) {
        Object.assign(this.own(parts), stored);
        continue;
      }
      // What went with its directory is gone already.
      if (kind === 'removed' && !this.lookup(parts)) continue;
      const parent = this.own(parts.slice(0, -1));
      if (name === undefined || parent.kind !== 'directory') continue;
      this.forget(parent.entries.get(name));
      parent.entries.delete(name);
      if (kind === 'removed') continue;
      const node: Inode =
        kind === 'file'
          ? fileNode(data, stored.mode, stored.modified, this)
          : kind === 'symlink'
            ? { kind, target, ...meta(stored.mode, stored.modified, this) }
            : directoryNode(stored.mode, stored.modified, this);
      if (node.kind === 'file') this.charge(node.size);
      parent.entries.set(name, Object.assign(node, { uid: stored.uid, gid: stored.gid }));
    }
  }

  private ownDirectory(parts: readonly string[]): DirectoryNode {
    const node = this.own(parts);
    if (node.kind !== 'directory') throw osError(node.kind === 'virtual-directory' ? 'EPERM' : 'ENOTDIR');
    return node;
  }

  private copyUp(node: Inode): Inode {
    const copy = copyFor(node, this);
    if (copy.kind === 'file') {
      this.charge(copy.size);
      // The spare room behind the shared bytes belongs to somebody else.
      copy.bytes = copy.bytes.subarray(0, copy.size);
    }
    return copy;
  }

  /** Moving what belongs to a layer copies it, as overlayfs does. */
  private adopt(node: Inode): Inode {
    const own = node.owner === this ? node : this.copyUp(node);
    if (own.kind === 'directory') for (const [name, child] of own.entries) own.entries.set(name, this.adopt(child));
    return own;
  }

  private charge(bytes: number): void {
    if (bytes > 0 && (this.disk?.full || this.used + bytes > this.capacityBytes)) throw osError('ENOSPC');
    this.used += bytes;
  }

  private forget(node: Inode | undefined): void {
    if (!node || node.owner !== this) return;
    if (node.kind === 'file') this.used -= node.size;
    if (node.kind === 'directory') for (const child of node.entries.values()) this.forget(child);
  }
}

function lookupIn(root: Inode, parts: readonly string[]): Inode | undefined {
  let node: Inode | undefined = root;
  for (const part of parts) {
    if (node?.kind !== 'directory') return undefined;
    node = node.entries.get(part);
  }
  return node;
}
