/** A tree of files with copy-on-write: shared read-only image layers below, one container's own changes above. */
import type { Clock, Millis } from '#engine/sim';
import { osError } from './file-system.ts';
import type { ImageLayer } from './image.ts';
import { copyFor, type DirectoryNode, directoryNode, type FileNode, fileNode, type Inode, meta } from './inode.ts';
import { mergedTree } from './layer-tree.ts';

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
  /** Changes to start with, from `snapshot()` of a volume with the same layers. */
  readonly snapshot?: VolumeSnapshot;
  /** What `mount` and `df` show: overlay, tmpfs, /dev/vda1 … */
  readonly source?: string;
  readonly type?: string;
}

/** What a volume has changed since its layers, as plain data that can be stored. */
export interface VolumeSnapshot {
  readonly removed: readonly string[];
  readonly changed: readonly SnapshotEntry[];
}

export interface SnapshotEntry {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Millis;
  /** Present for a file. */
  readonly data?: Uint8Array;
  /** Present for a symlink. */
  readonly target?: string;
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
    if (options.snapshot) this.restore(options.snapshot);
  }

  /** Bytes of files that this volume itself holds, without its layers. */
  get usedBytes(): number {
    return this.used;
  }

  lookup(parts: readonly string[]): Inode | undefined {
    let node: Inode | undefined = this.root;
    for (const part of parts) {
      if (node?.kind !== 'directory') return undefined;
      node = node.entries.get(part);
    }
    return node;
  }

  /** The root of a tree made on the fly (/proc). */
  replaceRoot(root: Inode): void {
    this.root = root;
  }

  /** The node there, copied up if need be so that it may be changed. Missing directories are made. */
  own(parts: readonly string[]): Inode {
    if (this.root.owner !== this) this.root = copyFor(this.root, this);
    let node = this.root;
    for (const part of parts) {
      if (node.kind !== 'directory') throw osError(node.kind === 'virtual-directory' ? 'EPERM' : 'ENOTDIR');
      let child = node.entries.get(part);
      if (!child) child = directoryNode(0o755, this.clock.now(), this);
      else if (child.owner !== this) child = this.copyUp(child);
      node.entries.set(part, child);
      node = child;
    }
    return node;
  }

  put(parent: readonly string[], name: string, node: Inode): void {
    const directory = this.ownDirectory(parent);
    this.forget(directory.entries.get(name));
    directory.entries.set(name, node);
    directory.modified = this.clock.now();
  }

  /** Takes a node out of its directory and returns it. */
  take(parent: readonly string[], name: string): Inode | undefined {
    const directory = this.ownDirectory(parent);
    const node = directory.entries.get(name);
    directory.entries.delete(name);
    directory.modified = this.clock.now();
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

  /** Replaces or extends the bytes of an owned file. */
  write(file: FileNode, data: Uint8Array, append: boolean): void {
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
  }

  snapshot(): VolumeSnapshot {
    const removed: string[] = [];
    const changed: SnapshotEntry[] = [];
    const compare = (path: string, node: Inode, base: Inode | undefined) => {
      if (node === base || node.kind.startsWith('virtual') || node.kind === 'device') return;
      const { mode, uid, gid, modified } = node;
      changed.push({
        path: path || '/',
        mode,
        uid,
        gid,
        modified,
        ...(node.kind === 'file' && { data: node.bytes.slice(0, node.size) }),
        ...(node.kind === 'symlink' && { target: node.target }),
      });
      const before = base?.kind === 'directory' ? base.entries : new Map<string, Inode>();
      const after = node.kind === 'directory' ? node.entries : new Map<string, Inode>();
      for (const name of before.keys()) if (!after.has(name)) removed.push(`${path}/${name}`);
      for (const [name, child] of after) compare(`${path}/${name}`, child, before.get(name));
    };
    // A volume without layers owns its base: everything in it is a change.
    compare('', this.root, this.base.owner === this ? undefined : this.base);
    return { removed, changed };
  }

  private restore(snapshot: VolumeSnapshot): void {
    for (const path of snapshot.removed) {
      const parts = path.split('/').slice(1);
      this.remove(parts.slice(0, -1), parts[parts.length - 1] as string);
    }
    for (const { path, mode, uid, gid, modified, data, target } of snapshot.changed) {
      const parts = path.split('/').filter((part) => part !== '');
      const name = parts[parts.length - 1];
      if (name !== undefined && data) this.create(parts.slice(0, -1), name, data, mode, uid, gid);
      else if (name !== undefined && target !== undefined) this.createLink(parts.slice(0, -1), name, target);
      Object.assign(this.own(parts), { mode, uid, gid });
      this.own(parts).modified = modified;
    }
    // Filling a directory touched it: put the times of directories back.
    for (const { path, modified } of snapshot.changed) {
      this.own(path.split('/').filter((part) => part !== '')).modified = modified;
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
