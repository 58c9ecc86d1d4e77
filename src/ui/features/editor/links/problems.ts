/** Links between objects that lead nowhere. Pure: the manifests at hand, and what the cluster is known to hold. */
import type { Manifest, ManifestObject } from '../manifest/manifests.ts';
import type { ClusterFacts, LinkProblem } from './link.ts';
import { referenceProblems } from './reference-problems.ts';
import { selectorProblems } from './selector.ts';
import { serviceProblems } from './service.ts';

/** Problems of `manifests`; `others` are objects of the other files, which may hold what is missing. */
export function linkProblems(
  manifests: readonly Manifest[],
  others: readonly ManifestObject[],
  facts: ClusterFacts,
): readonly LinkProblem[] {
  const objects = [...manifests.map(({ object }) => object), ...others];
  return manifests.flatMap((manifest) => [
    ...selectorProblems(manifest),
    ...serviceProblems(manifest, objects, facts),
    ...referenceProblems(manifest, objects, facts),
  ]);
}
