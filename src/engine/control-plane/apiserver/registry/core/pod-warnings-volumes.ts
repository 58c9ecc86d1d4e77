/**
 * Files that a volume would write over one another.
 * @upstream pkg/api/pod/warnings.go
 */
import type { Volume, VolumeProjection } from '#engine/api';

interface SourcedPath {
  readonly path: string;
  /** What the path comes from, in a projected volume. */
  readonly source: string;
}

const quote = (text: string) => JSON.stringify(text);
const print = ({ path, source }: SourcedPath) => (source === '' ? quote(path) : `${quote(path)} (${source})`);

/** The same path, or one inside the other. */
const overlaps = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

const paths = (items: readonly { readonly path: string }[] | undefined, source: string): readonly SourcedPath[] =>
  (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));

function overlapsOf(out: string[], name: string, what: string, all: readonly SourcedPath[]) {
  for (const [i, one] of all.entries()) {
    for (const other of all.slice(0, i)) {
      if (overlaps(one.path, other.path))
        out.push(`volume ${quote(name)} (${what}): overlapping paths: ${print(one)} with ${print(other)}`);
    }
  }
}

function projectedPaths({
  secret,
  configMap,
  downwardAPI,
  serviceAccountToken: token,
}: VolumeProjection): readonly SourcedPath[] {
  if (configMap?.items) return paths(configMap.items, `ConfigMap ${quote(configMap.name ?? '')}`);
  if (secret?.items) return paths(secret.items, `Secret ${quote(secret.name ?? '')}`);
  if (downwardAPI?.items) return paths(downwardAPI.items, 'DownwardAPI');
  return token ? paths([token], 'ServiceAccountToken') : [];
}

const isEmpty = (source: VolumeProjection): boolean => {
  for (const _key in source) return false;
  return true;
};

export function overlapWarnings(out: string[], volumes: readonly Volume[]) {
  for (const { name, configMap, secret, downwardAPI, projected } of volumes) {
    if (configMap?.items) overlapsOf(out, name, `ConfigMap ${quote(configMap.name ?? '')}`, paths(configMap.items, ''));
    if (secret?.items) overlapsOf(out, name, `Secret ${quote(secret.secretName ?? '')}`, paths(secret.items, ''));
    if (downwardAPI?.items) overlapsOf(out, name, 'DownwardAPI', paths(downwardAPI.items, ''));
    const all: SourcedPath[] = [];
    for (const source of projected?.sources ?? []) {
      if (isEmpty(source)) out.push(`volume ${quote(name)} (Projected) has no sources provided`);
      else all.push(...projectedPaths(source));
    }
    overlapsOf(out, name, 'Projected', all);
  }
}
