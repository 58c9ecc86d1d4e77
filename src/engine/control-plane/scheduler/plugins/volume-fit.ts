/**
 * Which volumes a Node could give to the claims of a Pod.
 * @upstream pkg/scheduler/framework/plugins/volumebinding/binder.go
 */
import {
  classOfClaim,
  classOfVolume,
  findMatchingVolume,
  isFullyBound,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  volumeAnnotations,
} from '#engine/api';
import { compareQuantity, labelSelectorAsMatcher, matchesLabels } from '#engine/apimachinery';
import { compileNodeSelectorTerms } from '../framework/node-selector.ts';
import type { VolumeView } from '../framework/volume-view.ts';

/** The class's way of saying that nobody makes volumes of it. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

const REASONS = {
  affinity: "node(s) didn't match PersistentVolume's node affinity",
  noMatch: "node(s) didn't find available persistent volumes to bind",
  noSpace: 'node(s) did not have enough free storage',
  gone: 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
};

/** The claims of a Pod by what has to be done for them. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Bound when the Pod has a Node. */
  readonly delayed: readonly PersistentVolumeClaim[];
  /** The binder has yet to bind them. */
  readonly immediate: readonly PersistentVolumeClaim[];
}

/** What a Node would do for a Pod's claims. */
export interface VolumePlan {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  readonly provisions: readonly PersistentVolumeClaim[];
}

export function sortClaims(claims: readonly PersistentVolumeClaim[], view: VolumeView): PodClaims {
  const sorted = { bound: [], delayed: [], immediate: [] } as Record<keyof PodClaims, PersistentVolumeClaim[]>;
  for (const claim of claims) {
    if (isFullyBound(claim)) sorted.bound.push(claim);
    else {
      const waits = view.storageClass(classOfClaim(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
      sorted[waits && !claim.spec?.volumeName ? 'delayed' : 'immediate'].push(claim);
    }
  }
  return sorted;
}

const affinities = new WeakMap<object, (node: Node) => boolean>();

/** Whether a volume can be reached from a Node. */
function reachableFrom({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec?.nodeAffinity?.required;
  if (!required) return true;
  let match = affinities.get(required);
  if (!match) {
    match = compileNodeSelectorTerms(required.nodeSelectorTerms ?? []);
    affinities.set(required, match);
  }
  return match(node);
}

function allows({ allowedTopologies = [] }: StorageClass, { metadata: { labels = {} } }: Node): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')),
  );
}

function hasSpace(view: VolumeView, claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node): boolean {
  const size = claim.spec?.resources?.requests?.storage ?? '0';
  if (compareQuantity(size, '0') === 0) return true;
  if (!view.csiDriver(storageClass.provisioner)?.spec.storageCapacity) return true;
  return view.capacities().some(({ storageClassName, capacity, maximumVolumeSize, nodeTopology }) => {
    const limit = maximumVolumeSize ?? capacity;
    if (storageClassName !== storageClass.metadata.name || limit === undefined || !nodeTopology) return false;
    return (
      compareQuantity(limit, size) >= 0 && matchesLabels(labelSelectorAsMatcher(nodeTopology), node.metadata.labels)
    );
  });
}

/** Why the volumes cannot be made for this Node; undefined when they can. */
function provisionFault(view: VolumeView, claims: readonly PersistentVolumeClaim[], node: Node): string | undefined {
  for (const claim of claims) {
    const storageClass = view.storageClass(classOfClaim(claim));
    if (!storageClass || storageClass.provisioner === '' || storageClass.provisioner === NO_PROVISIONER)
      return REASONS.noMatch;
    if (!allows(storageClass, node)) return REASONS.noMatch;
    if (!hasSpace(view, claim, storageClass, node)) return REASONS.noSpace;
  }
  return undefined;
}

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec?.resources?.requests?.storage ?? '0';

/** A plan for the claims that wait for a Node, or why there is none. */
function planDelayed(
  claims: readonly PersistentVolumeClaim[],
  node: Node,
  view: VolumeView,
  candidates: (storageClass: string) => readonly PersistentVolume[],
): VolumePlan | string {
  const provisions: PersistentVolumeClaim[] = [];
  const bindings: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
  const excluded = new Set<string>();
  const fitsNode = (volume: PersistentVolume) => reachableFrom(volume, node);
  for (const claim of [...claims].sort((a, b) => compareQuantity(sizeOf(a), sizeOf(b)))) {
    const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode];
    if (selected !== undefined && selected !== node.metadata.name) return REASONS.noMatch;
    const search = { fitsNode, excluded, delayed: true };
    const volume =
      selected === undefined ? findMatchingVolume(claim, candidates(classOfClaim(claim)), search) : undefined;
    if (volume) {
      excluded.add(volume.metadata.name);
      bindings.push({ claim, volume });
    } else provisions.push(claim);
  }
  return provisionFault(view, provisions, node) ?? { bindings, provisions };
}

/** What the Node would do, or everything that speaks against it. */
export function planVolumes(
  claims: PodClaims,
  node: Node,
  view: VolumeView,
  volumes: { get(name: string): PersistentVolume | undefined; ofClass(name: string): readonly PersistentVolume[] },
): VolumePlan | readonly string[] {
  const reasons: string[] = [];
  const found = claims.bound.map(({ spec }) => volumes.get(spec?.volumeName ?? ''));
  const missing = found.includes(undefined);
  if (!missing && found.some((volume) => volume && !reachableFrom(volume, node))) reasons.push(REASONS.affinity);
  const plan = planDelayed(claims.delayed, node, view, volumes.ofClass);
  if (typeof plan === 'string') reasons.push(plan);
  if (missing) reasons.push(REASONS.gone);
  return reasons.length > 0 || typeof plan === 'string' ? reasons : plan;
}

/** Volumes of each class, made once for a cycle. */
export function volumesByClass(volumes: readonly PersistentVolume[]): (name: string) => readonly PersistentVolume[] {
  let classes: Map<string, PersistentVolume[]> | undefined;
  return (name) => {
    if (!classes) {
      classes = new Map();
      for (const volume of volumes) {
        const key = classOfVolume(volume);
        const list = classes.get(key);
        if (list) list.push(volume);
        else classes.set(key, [volume]);
      }
    }
    return classes.get(name) ?? [];
  };
}
