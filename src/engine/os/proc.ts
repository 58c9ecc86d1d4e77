/** /proc: the processes of a group as files. */
import type { Clock } from '#engine/sim';
import type { MountInfo } from './file-system.ts';
import { type Inode, meta, type Viewer, type VirtualDirectory, type VirtualFile } from './inode.ts';
import type { ProcessInfo } from './process.ts';
import { createVolume, type Volume } from './volume.ts';

const encoder = new TextEncoder();
const STATES = { R: 'R (running)', S: 'S (sleeping)', T: 'T (stopped)' } as const;

/** What /proc shows. */
export interface ProcHost {
  readonly pids: {
    readonly tasks: ReadonlyMap<
      number,
      {
        readonly pid: number;
        readonly info: ProcessInfo;
        readonly env: ReadonlyMap<string, string>;
        readonly cwd: string;
      }
    >;
  };
  rootMounts(): readonly MountInfo[];
}

/** @fidelity partial: self, uptime, loadavg, meminfo, cpuinfo, version, mounts and per process cmdline, comm, status, stat, environ, cwd, fd */
export function procVolume(clock: Clock, group: ProcHost): Volume {
  const bootedAt = clock.now();
  const volume = createVolume(clock, { source: 'proc', type: 'proc' });
  const files: { readonly [name: string]: (viewer: Viewer) => string } = {
    uptime: () => `${seconds(clock.now() - bootedAt)} ${seconds(clock.now() - bootedAt)}\n`,
    loadavg: () => `0.00 0.00 0.00 1/${group.pids.tasks.size} ${group.pids.tasks.size}\n`,
    version: () => 'Linux version 6.8.0-podarium (podarium) #1 SMP\n',
    cpuinfo: () => 'processor\t: 0\nmodel name\t: Virtual CPU\n',
    meminfo: () => 'MemTotal:        8388608 kB\nMemFree:         4194304 kB\nMemAvailable:    6291456 kB\n',
    mounts: () =>
      `${group
        .rootMounts()
        .map((m) => `${m.source} ${m.path} ${m.type} ${m.readOnly ? 'ro' : 'rw'},relatime 0 0`)
        .join('\n')}\n`,
    filesystems: () => 'nodev\tproc\nnodev\ttmpfs\nnodev\toverlay\n',
  };
  const lookup = (name: string, viewer: Viewer): Inode | undefined => {
    const text = files[name];
    if (text) return virtualFile(text);
    if (name === 'self') return link(String(viewer.pid ?? 1));
    const process = group.pids.tasks.get(Number(name));
    return process && String(process.pid) === name
      ? processDirectory(
          () => process.info,
          process.env,
          () => process.cwd,
        )
      : undefined;
  };
  const names = () => [...group.pids.tasks.keys()].map(String).concat('self', ...Object.keys(files));
  volume.replaceRoot(virtualDirectory(names, lookup));
  return volume;
}

function processDirectory(info: () => ProcessInfo, env: ReadonlyMap<string, string>, cwd: () => string): Inode {
  const name = () => (info().argv[0] ?? '').replace(/^.*\//, '').slice(0, 15);
  const entries: { readonly [name: string]: () => Inode } = {
    cmdline: () =>
      virtualFile(() =>
        info()
          .argv.map((arg) => `${arg}\0`)
          .join(''),
      ),
    comm: () => virtualFile(() => `${name()}\n`),
    environ: () => virtualFile(() => [...env].map(([key, value]) => `${key}=${value}\0`).join('')),
    status: () => virtualFile(() => statusText(name(), info())),
    stat: () => virtualFile(() => `${info().pid} (${name()}) ${info().state} ${info().ppid}\n`),
    cwd: () => link(cwd()),
    fd: () =>
      virtualDirectory(
        () => ['0', '1', '2'],
        (fd) => DESCRIPTORS[fd],
      ),
  };
  return virtualDirectory(
    () => Object.keys(entries),
    (entry) => entries[entry]?.(),
  );
}

function statusText(name: string, info: ProcessInfo): string {
  const rows = [
    ['Name', name],
    ['State', STATES[info.state]],
    ['Pid', info.pid],
    ['PPid', info.ppid],
    ['Uid', [info.uid, info.uid, info.uid, info.uid].join('\t')],
    ['VmRSS', `${Math.round(info.memoryBytes / 1024)} kB`],
    ['Threads', 1],
  ];
  return rows.map(([key, value]) => `${key}:\t${value}\n`).join('');
}

const device = (name: string): Inode => ({ kind: 'device', device: name, ...meta(0o666, 0) });
const DESCRIPTORS: { readonly [fd: string]: Inode } = {
  '0': device('stdin'),
  '1': device('stdout'),
  '2': device('stderr'),
};
const link = (target: string): Inode => ({ kind: 'symlink', target, ...meta(0o777, 0) });
const seconds = (ms: number) => (ms / 1000).toFixed(2);

const virtualFile = (text: (viewer: Viewer) => string): VirtualFile => ({
  kind: 'virtual-file',
  read: (viewer) => encoder.encode(text(viewer)),
  ...meta(0o444, 0),
});

const virtualDirectory = (names: VirtualDirectory['names'], lookup: VirtualDirectory['lookup']): VirtualDirectory => ({
  kind: 'virtual-directory',
  names,
  lookup,
  ...meta(0o555, 0),
});
