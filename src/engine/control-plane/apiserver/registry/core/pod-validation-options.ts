/** What the checks of a PodSpec need to know of its surroundings. */
import type { Container, EphemeralContainer, PodSpec, Volume } from '#engine/api';

export interface PodSpecContext {
  /** In a Pod, not in a template. */
  readonly isPod: boolean;
  /** The Pod's name, for claims that are made for it. */
  readonly podName?: string | undefined;
  /** The Pod stands for a static one. */
  readonly isMirror?: boolean;
}

/** Facts of one PodSpec that its parts are checked against. */
export interface SpecFacts extends PodSpecContext {
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claimNames: ReadonlySet<string>;
  readonly gracePeriodSeconds: number | undefined;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
  readonly os: string | undefined;
}

type AnyContainer = Container | EphemeralContainer;

/** Every container with its path, in upstream's order: init, regular, ephemeral. */
export function visitContainers(
  spec: PodSpec,
  path: string,
  visit: (container: AnyContainer, at: string) => void,
): void {
  const lists = [spec.initContainers, spec.containers, spec.ephemeralContainers];
  const names = ['initContainers', 'containers', 'ephemeralContainers'];
  for (let list = 0; list < lists.length; list++) {
    const containers = lists[list];
    if (!containers) continue;
    for (let i = 0; i < containers.length; i++) visit(containers[i] as AnyContainer, `${path}.${names[list]}[${i}]`);
  }
}

export function containersWithPath(spec: PodSpec, path: string): readonly (readonly [AnyContainer, string])[] {
  const pairs: (readonly [AnyContainer, string])[] = [];
  visitContainers(spec, path, (container, at) => pairs.push([container, at]));
  return pairs;
}
