/** What discovery says of a resource. */
import type { CustomResourceDefinition } from '#engine/api';
import type { ExpectedKind } from './codec.ts';

/** A subresource as discovery shows it. `kind` is absent when it is the resource's own. */
export interface CatalogueSubresource {
  readonly name: string;
  readonly kind: ExpectedKind | undefined;
  readonly verbs: readonly string[];
}

export interface CatalogueResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly storageVersionHash: string | undefined;
  readonly subresources: readonly CatalogueSubresource[];
  /** Where a custom resource comes from. */
  readonly definition?: CustomResourceDefinition;
}

/** A group and version that a Service of the cluster answers for. */
export interface RemoteVersion {
  readonly group: string;
  readonly version: string;
  /** `groupPriorityMinimum`: the greater, the earlier its group is told. */
  readonly priority: number;
  /** What it said it serves; undefined while it does not answer. */
  readonly resources: readonly CatalogueResource[] | undefined;
}
