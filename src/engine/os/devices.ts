/** /dev, and opening any path as a stream, whatever is behind it. */
import type { Sink, Source } from '#engine/http';
import type { Clock, Rng } from '#engine/sim';
import { BytesSource, emptySource, nullSink } from './byte-stream.ts';
import { absolute } from './executable.ts';
import { OsError, osError } from './file-system.ts';
import { directoryNode, type Inode, meta } from './inode.ts';
import type { Process } from './process.ts';
import { createVolume, type Volume } from './volume.ts';

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'stdin', 'stdout', 'stderr'];
const CHUNK_BYTES = 65_536;

/** A volume to mount at /dev. */
export function createDevices(clock: Clock): Volume {
  const volume = createVolume(clock, { source: 'tmpfs', type: 'tmpfs' });
  const root = directoryNode(0o755, clock.now());
  for (const name of DEVICES) root.entries.set(name, deviceNode(name));
  const fd = directoryNode(0o755, clock.now());
  for (const [index, name] of ['stdin', 'stdout', 'stderr'].entries()) fd.entries.set(String(index), deviceNode(name));
  root.entries.set('fd', fd);
  root.entries.set('shm', directoryNode(0o1777, clock.now()));
  volume.replaceRoot(root);
  return volume;
}

const deviceNode = (device: string): Inode => ({ kind: 'device', device, ...meta(0o666, 0) });

/** Opens a path for reading. Throws OsError. */
export function openSource(process: Process, path: string): Source<Uint8Array> {
  const full = absolute(path, process.cwd);
  const stat = process.fs.stat(full);
  if (stat.type === 'directory') throw osError('EISDIR', path);
  if (stat.type !== 'device') return new BytesSource(process.fs.readFile(full));
  switch (stat.device) {
    case 'stdin':
    case 'tty':
      return process.stdin;
    case 'zero':
    case 'full':
      return new EndlessSource(process, () => new Uint8Array(CHUNK_BYTES));
    case 'random':
    case 'urandom':
      return new EndlessSource(process, () => randomBytes(process.rng.fork('urandom'), CHUNK_BYTES));
    default:
      return emptySource();
  }
}

/** Opens a path for writing: created or emptied unless `append`. Throws OsError. */
export function openSink(process: Process, path: string, append = false): Sink<Uint8Array> {
  const full = absolute(path, process.cwd);
  const stat = process.fs.exists(full) ? process.fs.stat(full) : undefined;
  if (stat?.type === 'device') return deviceSink(process, stat.device as string);
  process.fs.writeFile(full, new Uint8Array(), { append });
  const { fs } = process;
  return {
    broken: false,
    async write(bytes) {
      fs.writeFile(full, bytes, { append: true });
    },
    close: () => undefined,
    onBroken: () => undefined,
  };
}

function deviceSink(process: Process, device: string): Sink<Uint8Array> {
  switch (device) {
    case 'stdout':
    case 'tty':
      return process.stdout;
    case 'stderr':
      return process.stderr;
    case 'full':
      return { ...nullSink, write: () => Promise.reject(new OsError('ENOSPC', 'No space left on device')) };
    default:
      return nullSink;
  }
}

/** Gives chunks for ever; each costs its reader CPU time, so that reading it in a loop takes time too. */
class EndlessSource implements Source<Uint8Array> {
  private done = false;
  private readonly next: () => Uint8Array;
  constructor(
    private readonly process: Process,
    make: () => Uint8Array,
  ) {
    const chunk = make();
    this.next = () => chunk.slice();
  }
  async read(): Promise<Uint8Array | undefined> {
    if (this.done) return undefined;
    await this.process.compute(0.1);
    return this.next();
  }
  tryRead(): undefined {
    return undefined;
  }
  async forEach(take: (frame: Uint8Array) => void): Promise<void> {
    for (let frame = await this.read(); frame; frame = await this.read()) take(frame);
  }
  cancel(): void {
    this.done = true;
  }
}

function randomBytes(rng: Rng, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) bytes[i] = rng.int(256);
  return bytes;
}
