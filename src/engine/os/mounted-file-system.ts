/** Volumes mounted into one tree: path resolution through symlinks, mount points and permissions. */
import type { Millis } from '#engine/sim';
import { type FileStat, type FileSystem, type MountInfo, osError } from './file-system.ts';
import { directoryNode, type Inode, statOf, type Viewer } from './inode.ts';
import type { Volume } from './volume.ts';

export interface Mount {
  /** absolute; `/` comes first */
  readonly path: string;
  readonly volume: Volume;
  /** A bind mount of this directory or file of the volume instead of its root. */
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

interface MountPoint extends Mount {
  readonly base: readonly string[];
}

interface Place {
  readonly mount: MountPoint;
  /** Names from the root of the mount's volume. */
  readonly parts: readonly string[];
  /** Canonical and absolute; '' is the root. */
  readonly path: string;
  readonly node: Inode | undefined;
}

const MAX_SYMLINKS = 40;
const IMPLIED = directoryNode(0o755, 0);

const split = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/**
 * A file system over mounts, the first at `/`; a later mount may lie inside an earlier one. Missing mount points appear as empty directories.
 * @fidelity partial: permissions are checked on the file and its directory, not on every ancestor
 */
export const createFileSystem = (mounts: readonly Mount[]): FileSystem => new MountedFileSystem(mountTable(mounts), {});

/** What is mounted where: one table for all who look at the tree. */
interface MountTable {
  readonly list: readonly Mount[];
  readonly points: ReadonlyMap<string, MountPoint>;
  /** Ancestors of mount points, with the names that must appear in them. */
  readonly implied: ReadonlyMap<string, ReadonlySet<string>>;
}

function mountTable(list: readonly Mount[]): MountTable {
  const points = new Map<string, MountPoint>();
  const implied = new Map<string, Set<string>>();
  for (const mount of list) {
    let path = '';
    for (const name of split(mount.path)) {
      const names = implied.get(path);
      if (names) names.add(name);
      else implied.set(path, new Set([name]));
      path += `/${name}`;
    }
    points.set(path, { ...mount, base: split(mount.subPath ?? '') });
  }
  return { list, points, implied };
}

export class MountedFileSystem implements FileSystem {
  private readonly points: MountTable['points'];
  private readonly implied: MountTable['implied'];

  constructor(
    private readonly table: MountTable,
    private readonly viewer: Viewer,
  ) {
    this.points = table.points;
    this.implied = table.implied;
  }

  /** The same tree through other eyes, with more mounts. */
  as(viewer: Viewer, more: readonly Mount[] = []): MountedFileSystem {
    return new MountedFileSystem(more.length > 0 ? mountTable([...this.table.list, ...more]) : this.table, viewer);
  }

  readFile(path: string): Uint8Array {
    const { node } = this.find(path);
    if (node.kind === 'virtual-file') return node.read(this.viewer);
    if (node.kind === 'directory' || node.kind === 'virtual-directory') throw osError('EISDIR', path);
    if (node.kind !== 'file') return new Uint8Array();
    this.permit(node, 4, path);
    return node.bytes.subarray(0, node.size);
  }

  writeFile(path: string, data: Uint8Array, options: { readonly mode?: number; readonly append?: boolean } = {}): void {
    const place = this.resolve(path, true);
    const { node, mount } = place;
    if (!node) {
      const parent = this.writableParent(place, path);
      mount.volume.create(
        parent.parts,
        nameOf(place),
        data,
        options.mode ?? 0o644,
        this.viewer.uid ?? 0,
        this.viewer.gid ?? 0,
      );
      return;
    }
    if (node.kind === 'directory' || node.kind === 'virtual-directory') throw osError('EISDIR', path);
    if (node.kind === 'device') return;
    if (node.kind !== 'file') throw osError('EACCES', path);
    this.permit(node, 2, path);
    this.requireWritable(mount, path);
    mount.volume.write(place.parts, data, options.append ?? false);
  }

  stat(path: string): FileStat {
    return statOf(this.find(path).node);
  }

  lstat(path: string): FileStat {
    return statOf(this.find(path, false).node);
  }

  readdir(path: string): readonly string[] {
    const place = this.find(path);
    const { node } = place;
    if (node.kind !== 'directory' && node.kind !== 'virtual-directory') throw osError('ENOTDIR', path);
    this.permit(node, 4, path);
    const names = new Set(node.kind === 'directory' ? node.entries.keys() : node.names(this.viewer));
    for (const name of this.implied.get(place.path) ?? []) names.add(name);
    return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  mkdir(path: string, options: { readonly recursive?: boolean; readonly mode?: number } = {}): void {
    if (options.recursive) {
      let prefix = '';
      for (const part of split(path)) {
        prefix += `/${part}`;
        const { node } = this.resolve(prefix, true);
        if (!node) this.mkdir(prefix, options.mode === undefined ? {} : { mode: options.mode });
        else if (node.kind !== 'directory' && node.kind !== 'virtual-directory') throw osError('ENOTDIR', path);
      }
      return;
    }
    const place = this.resolve(path, false);
    if (place.node) throw osError('EEXIST', path);
    const parent = this.writableParent(place, path);
    place.mount.volume.createDirectory(
      parent.parts,
      nameOf(place),
      options.mode ?? 0o755,
      this.viewer.uid ?? 0,
      this.viewer.gid ?? 0,
    );
  }

  remove(path: string, options: { readonly recursive?: boolean } = {}): void {
    const place = this.find(path, false);
    this.requireMovable(place, path);
    const parent = this.writableParent(place, path);
    const isDirectory = place.node.kind === 'directory';
    if (isDirectory && !options.recursive && this.readdir(place.path).length > 0) throw osError('ENOTEMPTY', path);
    place.mount.volume.remove(parent.parts, nameOf(place));
  }

  rename(from: string, to: string): void {
    const source = this.find(from, false);
    const target = this.resolve(to, false);
    this.requireMovable(source, from);
    if (target.path === source.path) return;
    if (target.path.startsWith(`${source.path}/`)) throw osError('EINVAL', to);
    const sourceParent = this.writableParent(source, from);
    const targetParent = this.writableParent(target, to);
    if (target.node?.kind === 'directory') {
      if (source.node.kind !== 'directory') throw osError('EISDIR', to);
      if (target.node.entries.size > 0) throw osError('ENOTEMPTY', to);
    } else if (target.node && source.node.kind === 'directory') throw osError('ENOTDIR', to);
    if (source.mount.volume === target.mount.volume) {
      const node = source.mount.volume.take(sourceParent.parts, nameOf(source));
      if (node) target.mount.volume.put(targetParent.parts, nameOf(target), node);
      return;
    }
    this.copyTree(source.path, target.path);
    source.mount.volume.remove(sourceParent.parts, nameOf(source));
  }

  symlink(target: string, path: string): void {
    const place = this.resolve(path, false);
    if (place.node) throw osError('EEXIST', path);
    const parent = this.writableParent(place, path);
    place.mount.volume.createLink(parent.parts, nameOf(place), target);
  }

  readlink(path: string): string {
    const { node } = this.find(path, false);
    if (node.kind !== 'symlink') throw osError('EINVAL', path);
    return node.target;
  }

  chmod(path: string, mode: number): void {
    this.change(path, (node) => {
      node.mode = mode & 0o7777;
    });
  }

  chown(path: string, uid: number, gid: number): void {
    if ((this.viewer.uid ?? 0) !== 0) throw osError('EPERM', path);
    this.change(path, (node) => {
      node.uid = uid;
      node.gid = gid;
    });
  }

  utimes(path: string, modified: Millis): void {
    this.change(path, (node) => {
      node.modified = modified;
    });
  }

  realpath(path: string): string {
    return this.find(path).path || '/';
  }

  exists(path: string): boolean {
    try {
      return this.resolve(path, true).node !== undefined;
    } catch {
      return false;
    }
  }

  mounts(): readonly MountInfo[] {
    return this.table.list.map(({ path, volume, readOnly }) => ({
      path,
      source: volume.source,
      type: volume.type,
      readOnly: readOnly ?? false,
      usedBytes: volume.usedBytes,
      capacityBytes: volume.capacityBytes,
    }));
  }

  private change(path: string, edit: (node: Inode) => void): void {
    const { mount, parts, node } = this.find(path);
    this.requireWritable(mount, path);
    if (this.viewer.uid && this.viewer.uid !== node.uid) throw osError('EPERM', path);
    mount.volume.change(parts, edit);
  }

  private copyTree(from: string, to: string): void {
    const { node } = this.find(from, false);
    if (node.kind === 'symlink') this.symlink(node.target, to);
    else if (node.kind === 'file') this.writeFile(to, node.bytes.subarray(0, node.size), { mode: node.mode });
    else {
      this.mkdir(to, { mode: node.mode });
      for (const name of this.readdir(from)) this.copyTree(`${from}/${name}`, `${to}/${name}`);
    }
  }

  private find(path: string, follow = true): Place & { readonly node: Inode } {
    const place = this.resolve(path, follow);
    if (!place.node) throw osError('ENOENT', path);
    return place as Place & { readonly node: Inode };
  }

  private resolve(path: string, follow: boolean): Place {
    const trail: Place[] = [this.root()];
    let pending = split(path);
    let links = 0;
    for (let i = 0; i < pending.length; i++) {
      const name = pending[i] as string;
      const here = trail[trail.length - 1] as Place;
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const isLast = i === pending.length - 1;
      const next = this.step(here, name, path);
      if (next.node?.kind === 'symlink' && (follow || !isLast)) {
        if (++links > MAX_SYMLINKS) throw osError('ELOOP', path);
        const target = next.node.target;
        if (target.startsWith('/')) trail.length = 1;
        pending = [...split(target), ...pending.slice(i + 1)];
        i = -1;
        continue;
      }
      if (!next.node && !isLast) throw osError('ENOENT', path);
      trail.push(next);
    }
    const place = trail[trail.length - 1] as Place;
    if (path.endsWith('/') && place.node && !place.node.kind.endsWith('directory') && place.node.kind !== 'symlink') {
      throw osError('ENOTDIR', path);
    }
    return place;
  }

  private root(): Place {
    const mount = this.points.get('') as MountPoint;
    return { mount, parts: mount.base, path: '', node: mount.volume.lookup(mount.base) };
  }

  private step(here: Place, name: string, asked: string): Place {
    const { node } = here;
    const path = `${here.path}/${name}`;
    const mount = this.points.get(path);
    if (mount) return { mount, parts: mount.base, path, node: mount.volume.lookup(mount.base) ?? IMPLIED };
    let child: Inode | undefined;
    if (node?.kind === 'directory') child = node.entries.get(name);
    else if (node?.kind === 'virtual-directory') child = node.lookup(name, this.viewer);
    else throw osError('ENOTDIR', asked);
    if (!child && this.implied.has(path)) child = IMPLIED;
    return { mount: here.mount, parts: [...here.parts, name], path, node: child };
  }

  private writableParent(place: Place, asked: string): Place {
    const at = place.path.lastIndexOf('/');
    if (at < 0) throw osError('EBUSY', asked);
    const parent = this.resolve(place.path.slice(0, at), true);
    if (parent.node?.kind === 'virtual-directory') throw osError('EPERM', asked);
    this.requireWritable(place.mount, asked);
    if (parent.node) this.permit(parent.node, 2, asked);
    return { ...parent, parts: place.parts.slice(0, -1) };
  }

  private requireWritable(mount: MountPoint, path: string): void {
    if (mount.readOnly) throw osError('EROFS', path);
  }

  private requireMovable(place: Place, path: string): void {
    if (place.path === '' || this.points.has(place.path)) throw osError('EBUSY', path);
  }

  private permit(node: Inode, bit: number, path: string): void {
    const { uid, gid } = this.viewer;
    if (!uid) return;
    const shift = node.uid === uid ? 6 : node.gid === gid ? 3 : 0;
    if (((node.mode >> shift) & bit) === 0) throw osError('EACCES', path);
  }
}

const nameOf = (place: Place): string => place.path.slice(place.path.lastIndexOf('/') + 1);
