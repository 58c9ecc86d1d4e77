/** What checks of the Pod Security Standards have in common. @upstream staging/src/k8s.io/pod-security-admission/policy */
import type { Container, PodSpec } from '#engine/api';
import type { ObjectMeta } from '#engine/apimachinery';

/** A Pod, or the template of one. */
export interface PodLike {
  readonly metadata?: Pick<ObjectMeta, 'annotations'>;
  readonly spec: PodSpec;
}

/** Why a Pod is refused: `reason (detail)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** Minor version of the standard: 34 of v1.34. */
export type Minor = number;

export interface Check {
  readonly id: string;
  /** The first version that knows it. */
  readonly since?: Minor;
  /** Checks of the level below that it makes superfluous. */
  readonly overrides?: readonly string[];
  run(pod: PodLike, version: Minor): Violation | undefined;
}

/** In the order upstream visits them. */
export const containersOf = ({ spec }: PodLike): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...((spec.ephemeralContainers ?? []) as readonly Container[]),
];

export const isWindows = ({ spec }: PodLike): boolean => spec.os?.name === 'windows';

export const quoted = (texts: Iterable<string>): string => [...texts].map((text) => JSON.stringify(text)).join(', ');
export const plural = (one: string, many: string, count: number): string => (count === 1 ? one : many);

export const sorted = (texts: Iterable<string>): readonly string[] =>
  [...new Set(texts)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** `container "a"`, `containers "a", "b"`. */
export const named = (containers: readonly Container[]): string =>
  `${plural('container', 'containers', containers.length)} ${quoted(containers.map(({ name }) => name))}`;

/** The Pod itself, the containers, or both, as the subject of a sentence. */
export const setters = (pod: boolean, containers: readonly Container[]): string =>
  [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])].join(' and ');
