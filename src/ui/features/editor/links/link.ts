/** A link between objects that leads nowhere, and what may mend it. */
import type { Labels } from '#engine/apimachinery';
import type { FieldPath } from '../manifest/field-path.ts';
import type { Manifest } from '../manifest/manifests.ts';
import type { Edit } from './edits.ts';
import type { PodTemplate } from './objects.ts';

interface Values {
  readonly [name: string]: string | number;
}

export interface Fix {
  readonly word: 'fixUse' | 'fixLabel' | 'fixCreate' | 'fixAddLabel';
  readonly values: Values;
  readonly edit: Edit;
}

export interface LinkProblem {
  readonly manifest: Manifest;
  readonly path: FieldPath;
  readonly word: 'linkSelector' | 'linkPort' | 'linkPortName' | 'linkMissing' | 'linkMissingKey' | 'linkTemplate';
  readonly values: Values;
  readonly fixes: readonly Fix[];
}

/** A Pod or a template, wherever it comes from. */
export interface KnownPod {
  readonly namespace: string;
  readonly template: PodTemplate;
}

/** What the cluster holds, as far as anything asked. */
export interface ClusterFacts {
  readonly pods: readonly KnownPod[];
  /** By `kind/namespace/name`: its keys; undefined when it is known not to be there; absent when unknown. */
  readonly configs: ReadonlyMap<string, readonly string[] | undefined>;
}

export const configKey = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`;

export const NO_FACTS: ClusterFacts = { pods: [], configs: new Map() };

export const labelsOf = (template: PodTemplate): Labels => template.metadata?.labels ?? {};

/** `app=web,tier=front` */
export const printLabels = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
