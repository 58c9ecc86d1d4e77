/** What the checks of a PodSpec need to know of its surroundings. */
import type { PodSpec, Volume } from '#engine/api';

export interface PodSpecContext {
  /** In a Pod, not in a template. */
  readonly isPod: boolean;
  /** The Pod's name, for claims that are made for it. */
  readonly podName?: string | undefined;
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

/** Every container with its path, in upstream's order: init, regular, ephemeral. */
export function* containersWithPath(spec: PodSpec, path: string) {
  for (const [i, c] of (spec.initContainers ?? []).entries()) yield [c, `${path}.initContainers[${i}]`] as const;
  for (const [i, c] of (spec.containers ?? []).entries()) yield [c, `${path}.containers[${i}]`] as const;
  for (const [i, c] of (spec.ephemeralContainers ?? []).entries())
    yield [c, `${path}.ephemeralContainers[${i}]`] as const;
}
