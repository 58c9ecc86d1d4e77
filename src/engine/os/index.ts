/** What a program sees: arguments, environment, streams, files, sockets, signals, exit code, the cost of CPU time. */
export { type FileStat, type FileSystem, OsError, type OsErrorCode } from './file-system.ts';
export type { ChildProcess, ExitStatus, Process, Program, Signal, SpawnOptions, Terminal } from './process.ts';
export {
  type Image,
  type ImageConfig,
  type ImageFile,
  type ImageLayer,
  type ImageRegistry,
  RegistryError,
  type RegistryErrorCode,
} from './image.ts';
