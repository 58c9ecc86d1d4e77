/** The kubelet's file source: Pods described by YAML files in a directory of the Node. */
import { parse } from 'yaml';
import type { Pod } from '#engine/api';
import type { StaticPodSource } from '#engine/node/kubelet';
import type { FileSystem } from '#engine/os';
import type { World } from '#engine/sim';

/** `fileCheckFrequency` of the kubelet. */
const CHECK_MS = 20_000;
const decoder = new TextDecoder();

/** Which files there are, and when each was last written. */
function fingerprint(fs: FileSystem, directory: string): string {
  if (!fs.exists(directory)) return '';
  return fs
    .readdir(directory)
    .map((name) => `${name} ${fs.stat(`${directory}/${name}`).modified}`)
    .join('\n');
}

function read(fs: FileSystem, directory: string): Pod[] {
  if (!fs.exists(directory)) return [];
  return fs
    .readdir(directory)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => parse(decoder.decode(fs.readFile(`${directory}/${name}`)), { version: '1.1' }) as Pod);
}

/**
 * Looks every 20 s until the signal aborts.
 * @upstream pkg/kubelet/config/file.go
 * @fidelity partial: no inotify, so a change may take 20 s
 */
export function directorySource(world: World, fs: FileSystem, directory: string, signal: AbortSignal): StaticPodSource {
  const listeners = new Set<() => void>();
  let seen = fingerprint(fs, directory);
  let pods = read(fs, directory);
  const check = () => {
    if (signal.aborted) return;
    const now = fingerprint(fs, directory);
    if (now !== seen) {
      seen = now;
      pods = read(fs, directory);
      for (const listener of listeners) listener();
    }
    world.clock.after(CHECK_MS, 'kubelet: static Pod files', check);
  };
  world.clock.after(CHECK_MS, 'kubelet: static Pod files', check);
  return {
    list: () => pods,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
