/**
 * What a program sees: arguments, environment, streams, files, sockets, signals, exit code, the cost of CPU time;
 * and the kernel, volumes and images that give it all that.
 */
export { ByteInput, BytesSource, createPipe, emptySource, type Held, nullSink } from './byte-stream.ts';
export { createDevices, openSink, openSource } from './devices.ts';
export { absolute, DEFAULT_PATH, executable, type ProgramTable, which } from './executable.ts';
export { type FileStat, type FileSystem, type MountInfo, OsError, type OsErrorCode, osError } from './file-system.ts';
export {
  type Image,
  type ImageConfig,
  type ImageLayer,
  type ImageRegistry,
  type LayerEntry,
  RegistryError,
  type RegistryErrorCode,
} from './image.ts';
export { formatReference, type ImageReference, InvalidReference, normalizeReference } from './image-reference.ts';
export { createKernel, type Kernel, type KernelOptions } from './kernel.ts';
export { createFileSystem, type Mount } from './mounted-file-system.ts';
export { bytesToPlain, type PlainBytes, plainToBytes } from './plain-bytes.ts';
export type {
  ChildProcess,
  ExitStatus,
  Process,
  ProcessInfo,
  Program,
  Signal,
  SpawnOptions,
  Terminal,
} from './process.ts';
export type { ProcessGroup, ProcessGroupOptions, StartOptions } from './process-group.ts';
export { parseSignal, signalNumber } from './signals.ts';
export { bareSink, bareSource, ProcessExit, ProcessKilled } from './task-view.ts';
export { LineReader, print, readBytes, readLines, readText, readUpTo, untilSignal } from './text.ts';
export { createTty, type Tty } from './tty.ts';
export { createVolume, type Disk, type Volume, type VolumeOptions } from './volume.ts';
