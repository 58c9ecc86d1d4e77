/** What the map knows of one Pod, worked out once per version of it. */
import type { Pod } from '#engine/api';
import { controllerOf } from '#engine/apimachinery';
import { type PodState, podState } from './pod-state.ts';
import { type Ref, refKey } from './sources.ts';

export interface PodFacts extends PodState {
  readonly id: string;
  readonly key: string;
  /** `namespace/name` */
  readonly path: string;
  readonly ref: Ref;
  readonly namespace: string;
  readonly name: string;
  /** Absent while no Node has been chosen. */
  readonly nodeName?: string;
  readonly owner?: Ref & { readonly uid: string };
  readonly labels: { readonly [name: string]: string };
  readonly image: string;
}

const known = new WeakMap<Pod, PodFacts>();

const words = new Map<string, string>();

/** One string object for all Pods that share it: cheap to compare, cheap as a key. */
function shared(word: string): string {
  const before = words.get(word);
  if (before !== undefined) return before;
  if (words.size > 50_000) words.clear();
  words.set(word, word);
  return word;
}

function read(pod: Pod): PodFacts {
  const { name = '', namespace = '', uid = `${namespace}/${name}`, labels = {} } = pod.metadata;
  const ref: Ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
  const owner = controllerOf(pod);
  const nodeName = pod.spec?.nodeName;
  return {
    ...podState(pod),
    id: uid,
    key: refKey(ref),
    path: `${namespace}/${name}`,
    ref,
    namespace,
    name,
    ...(nodeName && { nodeName: shared(nodeName) }),
    ...(owner && {
      owner: {
        apiVersion: owner.apiVersion,
        kind: owner.kind,
        name: owner.name,
        uid: shared(owner.uid),
        // A static Pod is owned by its Node, which is in no namespace.
        ...(owner.kind !== 'Node' && { namespace }),
      },
    }),
    labels,
    image: pod.spec?.containers?.[0]?.image ?? '',
  };
}

export function podFacts(pod: Pod): PodFacts {
  let facts = known.get(pod);
  if (!facts) {
    facts = read(pod);
    known.set(pod, facts);
  }
  return facts;
}
