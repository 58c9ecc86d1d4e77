/** What a volume's tree is made of. Nodes of image layers are shared by every container; a volume changes only nodes it owns. */
import type { Millis } from '#engine/sim';
import type { FileStat } from './file-system.ts';

interface Meta {
  /** The volume that may change this node; everybody else copies it first. */
  readonly owner: object | undefined;
  mode: number;
  uid: number;
  gid: number;
  modified: Millis;
}

export interface FileNode extends Meta {
  readonly kind: 'file';
  /** May be longer than the file: room to append. Bytes before `size` never change in place. */
  bytes: Uint8Array;
  size: number;
}

export interface DirectoryNode extends Meta {
  readonly kind: 'directory';
  readonly entries: Map<string, Inode>;
}

interface LinkNode extends Meta {
  readonly kind: 'symlink';
  readonly target: string;
}

interface DeviceNode extends Meta {
  readonly kind: 'device';
  readonly device: string;
}

/** A file whose bytes are made when read: /proc. */
export interface VirtualFile extends Meta {
  readonly kind: 'virtual-file';
  read(viewer: Viewer): Uint8Array;
}

/** A directory whose entries are made when looked at: /proc. */
export interface VirtualDirectory extends Meta {
  readonly kind: 'virtual-directory';
  names(viewer: Viewer): readonly string[];
  lookup(name: string, viewer: Viewer): Inode | undefined;
}

export type Inode = FileNode | DirectoryNode | LinkNode | DeviceNode | VirtualFile | VirtualDirectory;

/** Who looks: /proc/self depends on it, and so do permissions. No uid is the host itself. */
export interface Viewer {
  readonly pid?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export const meta = (mode: number, modified: Millis, owner?: object, uid = 0, gid = 0): Meta => ({
  owner,
  mode,
  uid,
  gid,
  modified,
});

export const directoryNode = (mode: number, modified: Millis, owner?: object): DirectoryNode => ({
  kind: 'directory',
  entries: new Map(),
  ...meta(mode, modified, owner),
});

export const fileNode = (bytes: Uint8Array, mode: number, modified: Millis, owner?: object): FileNode => ({
  kind: 'file',
  bytes,
  size: bytes.length,
  ...meta(mode, modified, owner),
});

/** The same node, changeable by `owner`. */
export function copyFor(node: Inode, owner: object): Inode {
  return node.kind === 'directory' ? { ...node, owner, entries: new Map(node.entries) } : { ...node, owner };
}

export function statOf(node: Inode): FileStat {
  const { mode, uid, gid, modified } = node;
  switch (node.kind) {
    case 'file':
      return { type: 'file', size: node.size, mode, uid, gid, modified };
    case 'virtual-file':
      return { type: 'file', size: 0, mode, uid, gid, modified };
    case 'symlink':
      return { type: 'symlink', size: node.target.length, mode, uid, gid, modified };
    case 'device':
      return { type: 'device', size: 0, mode, uid, gid, modified, device: node.device };
    default:
      return { type: 'directory', size: 4096, mode, uid, gid, modified };
  }
}
