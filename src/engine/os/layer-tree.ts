/** The merged tree of image layers: built once per list of layers, shared read-only by every container of the image. */

import type { ImageLayer, LayerEntry } from './image.ts';
import { type DirectoryNode, directoryNode, fileNode, type Inode, meta } from './inode.ts';

const encoder = new TextEncoder();
const trees = new WeakMap<readonly ImageLayer[], DirectoryNode>();

export function mergedTree(layers: readonly ImageLayer[]): DirectoryNode {
  let root = trees.get(layers);
  if (!root) {
    root = directoryNode(0o755, 0);
    for (const layer of layers) for (const entry of layer.entries()) place(root, entry);
    trees.set(layers, root);
  }
  return root;
}

function place(root: DirectoryNode, entry: LayerEntry): void {
  const parts = entry.path.split('/').filter((part) => part !== '');
  const name = parts.pop();
  if (name === undefined) return;
  let directory = root;
  for (const part of parts) directory = childDirectory(directory, part);
  if (entry.removed) directory.entries.delete(name);
  else if (entry.directory) Object.assign(childDirectory(directory, name), ownership(entry, 0o755));
  else directory.entries.set(name, leaf(entry));
}

function childDirectory(parent: DirectoryNode, name: string): DirectoryNode {
  const existing = parent.entries.get(name);
  if (existing?.kind === 'directory') return existing;
  const made = directoryNode(0o755, 0);
  parent.entries.set(name, made);
  return made;
}

function leaf(entry: LayerEntry): Inode {
  if (entry.target !== undefined) return { kind: 'symlink', target: entry.target, ...meta(0o777, entry.modified ?? 0) };
  const content = entry.content ?? '';
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return Object.assign(fileNode(bytes, 0o644, entry.modified ?? 0), ownership(entry, 0o644));
}

const ownership = (entry: LayerEntry, mode: number) => ({
  mode: entry.mode ?? mode,
  uid: entry.uid ?? 0,
  gid: entry.gid ?? 0,
  modified: entry.modified ?? 0,
});
