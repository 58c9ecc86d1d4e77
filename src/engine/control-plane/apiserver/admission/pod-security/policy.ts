/** Levels and versions of the Pod Security Standards. @upstream staging/src/k8s.io/pod-security-admission/api/helpers.go */
import { baselineChecks } from './baseline-checks.ts';
import type { Check, Minor, PodLike, Violation } from './check.ts';
import { restrictedChecks } from './restricted-checks.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** What a namespace asks for in one mode. */
export interface LevelVersion {
  readonly level: Level;
  /** `latest` or `v1.x`. */
  readonly version: string;
}

export const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const LATEST: Minor = 36;

/** `latest` and the future count as this server's own version; undefined when it is no version. */
export function minorOf(version: string): Minor | undefined {
  if (version === 'latest') return LATEST;
  const match = /^v1\.(0|[1-9]\d*)$/.exec(version);
  return match ? Math.min(Number(match[1]), LATEST) : undefined;
}

const checks = new Map<string, readonly Check[]>();

function checksOf(level: Level, version: Minor): readonly Check[] {
  const key = `${level}/${version}`;
  let found = checks.get(key);
  if (!found) {
    const known = (list: readonly Check[]) => list.filter(({ since = 0 }) => since <= version);
    const restricted = level === 'restricted' ? known(restrictedChecks) : [];
    const overridden = new Set(restricted.flatMap(({ overrides = [] }) => overrides));
    found = [...known(baselineChecks).filter(({ id }) => !overridden.has(id)), ...restricted];
    checks.set(key, found);
  }
  return found;
}

/** Everything the Pod does that the level forbids, in upstream's order. */
export function violations({ level, version }: LevelVersion, pod: PodLike): readonly Violation[] {
  if (level === 'privileged') return [];
  const minor = minorOf(version) ?? LATEST;
  return checksOf(level, minor).flatMap((check) => check.run(pod, minor) ?? []);
}

/** `reason (detail), reason (detail)`. */
export const describe = (faults: readonly Violation[]): string =>
  faults.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
