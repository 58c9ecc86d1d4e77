/** A tree of files as one process sees it: image layers, the container's own layer and mounted volumes. */
import type { Millis } from '#engine/sim';

export type OsErrorCode =
  | 'ENOENT'
  | 'EEXIST'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'EACCES'
  | 'ENOTEMPTY'
  | 'EROFS'
  | 'EINVAL'
  | 'ELOOP'
  | 'ENOSPC'
  | 'ESRCH'
  | 'EPERM';

/** `message` is what perror prints: `No such file or directory`. */
export class OsError extends Error {
  override readonly name = 'OsError';
  constructor(
    readonly code: OsErrorCode,
    message: string,
    readonly path?: string,
  ) {
    super(message);
  }
}

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink';
  /** bytes */
  readonly size: number;
  /** permission bits, such as 0o644 */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Millis;
}

/** Paths are absolute; `.` and `..` are resolved. Every operation is synchronous and throws OsError. */
export interface FileSystem {
  readFile(path: string): Uint8Array;
  writeFile(path: string, data: Uint8Array, options?: { readonly mode?: number; readonly append?: boolean }): void;
  stat(path: string): FileStat;
  /** Like stat, but does not follow a final symlink. */
  lstat(path: string): FileStat;
  /** Names in byte order. */
  readdir(path: string): readonly string[];
  mkdir(path: string, options?: { readonly recursive?: boolean; readonly mode?: number }): void;
  remove(path: string, options?: { readonly recursive?: boolean }): void;
  rename(from: string, to: string): void;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  chmod(path: string, mode: number): void;
  /** False instead of ENOENT. */
  exists(path: string): boolean;
}
