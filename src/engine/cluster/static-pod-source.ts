/** The kubelet's file source: Pods described by YAML files in a directory of the Node. */
import type { Pod } from '#engine/api';
import { YamlSyntaxError } from '#engine/apimachinery';
import type { StaticPodSource } from '#engine/node/kubelet';
import type { FileSystem } from '#engine/os';
import type { World } from '#engine/sim';
import type { LoadAsset } from './assets.ts';
import type { StaticPod } from './static-pods.ts';

/** `fileCheckFrequency` of the kubelet. */
const CHECK_MS = 20_000;
const decoder = new TextDecoder();

export interface Directory {
  readonly fs: FileSystem;
  readonly path: string;
  /** Files as they were written at first: read without a YAML reader. */
  readonly written: readonly StaticPod[];
  readonly load: LoadAsset;
}

/** Which files there are, and when each was last written. */
function fingerprint({ fs, path }: Directory): string {
  if (!fs.exists(path)) return '';
  return fs
    .readdir(path)
    .map((name) => `${name} ${fs.stat(`${path}/${name}`).modified}`)
    .join('\n');
}

function textsIn({ fs, path }: Directory): readonly string[] {
  if (!fs.exists(path)) return [];
  return fs
    .readdir(path)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => decoder.decode(fs.readFile(`${path}/${name}`)));
}

/** The Pod that a file was written for, if nobody changed it. */
const known = ({ written }: Directory, text: string): Pod | undefined => written.find((one) => one.text === text)?.pod;

/** A file that is no YAML is passed over, as upstream does. */
async function parsed(directory: Directory, texts: readonly string[]): Promise<readonly Pod[]> {
  const { parseYaml } = await directory.load('yaml');
  return texts.flatMap((text) => {
    const pod = known(directory, text);
    if (pod) return [pod];
    try {
      return [parseYaml(text).value as Pod];
    } catch (error) {
      if (error instanceof YamlSyntaxError) return [];
      throw error;
    }
  });
}

/**
 * Looks every 20 s until the signal aborts.
 * @upstream pkg/kubelet/config/file.go
 * @fidelity partial: no inotify, so a change may take 20 s
 */
export function directorySource(world: World, directory: Directory, signal: AbortSignal): StaticPodSource {
  const listeners = new Set<() => void>();
  let seen = fingerprint(directory);
  let pods: readonly Pod[] = [];
  const show = (found: readonly Pod[]) => {
    pods = found;
    for (const listener of listeners) listener();
  };
  const read = async () => {
    const asOf = seen;
    const found = await parsed(directory, textsIn(directory));
    if (asOf === seen) show(found);
  };
  const refresh = (): void => {
    const texts = textsIn(directory);
    const found = texts.flatMap((text) => known(directory, text) ?? []);
    if (found.length === texts.length) show(found);
    else void read();
  };
  const check = () => {
    if (signal.aborted) return;
    const now = fingerprint(directory);
    if (now !== seen) {
      seen = now;
      refresh();
    }
    world.clock.after(CHECK_MS, 'kubelet: static Pod files', check);
  };
  refresh();
  world.clock.after(CHECK_MS, 'kubelet: static Pod files', check);
  return {
    list: () => pods,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
