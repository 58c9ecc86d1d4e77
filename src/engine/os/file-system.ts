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
  | 'EPERM'
  | 'EBUSY'
  | 'ENOEXEC'
  | 'EAGAIN'
  | 'ENOMEM';

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

const TEXTS: { readonly [code in OsErrorCode]: string } = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  ENOTEMPTY: 'Directory not empty',
  EROFS: 'Read-only file system',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
  ENOSPC: 'No space left on device',
  ESRCH: 'No such process',
  EPERM: 'Operation not permitted',
  EBUSY: 'Device or resource busy',
  ENOEXEC: 'Exec format error',
  EAGAIN: 'Resource temporarily unavailable',
  ENOMEM: 'Cannot allocate memory',
};

/** An OsError with the code's usual words. */
export const osError = (code: OsErrorCode, path?: string): OsError => new OsError(code, TEXTS[code], path);

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'device';
  /** bytes */
  readonly size: number;
  /** permission bits, such as 0o644 */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Millis;
  /** Of a device: `null`, `zero`, `stdout` … */
  readonly device?: string;
}

/** Paths are absolute; `.` and `..` are resolved. Every operation is synchronous and throws OsError. */
export interface FileSystem {
  /** The bytes must not be changed; they stay what they are when the file changes later. */
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
  chown(path: string, uid: number, gid: number): void;
  /** Sets the time of the last change. */
  utimes(path: string, modified: Millis): void;
  /** The path with every symlink resolved. */
  realpath(path: string): string;
  /** False instead of ENOENT. */
  exists(path: string): boolean;
  /** What is mounted, the root first, for df and mount. */
  mounts(): readonly MountInfo[];
}

export interface MountInfo {
  readonly path: string;
  readonly source: string;
  readonly type: string;
  readonly readOnly: boolean;
  readonly usedBytes: number;
  readonly capacityBytes: number;
}
