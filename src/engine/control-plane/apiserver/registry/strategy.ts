/** One Strategy per kind: what the server fills in, refuses, warns about and prints. The machinery around it is the same for all. */

import type { Resource } from '#engine/api';
import type { DeleteOptions, FieldError, KubeObject } from '#engine/apimachinery';
import type { World } from '#engine/sim';
import type { Access } from './access.ts';

/** What a strategy may know besides the object. */
export interface RequestContext {
  readonly world: World;
  readonly user: {
    readonly username: string;
    readonly uid?: string;
    readonly groups: readonly string[];
    readonly extra?: { readonly [key: string]: readonly string[] };
  };
  readonly namespace: string | undefined;
  readonly dryRun: boolean;
}

/** A column of the Table that `kubectl get` shows. */
export interface Column<T> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** 'name' marks the object's name. */
  readonly format?: string;
  readonly description: string;
  /** Columns above 0 show with `-o wide` only. */
  readonly priority?: number;
  /** A cell that no column announces: upstream's slip. */
  readonly undeclared?: boolean;
  /** `now` is virtual time in milliseconds: ages are computed by the server. */
  readonly cell: (object: T, now: number) => unknown;
}

/** How status (or another subresource such as resize) is written: what may change and what must hold. */
export interface SubresourceStrategy<T> {
  prepareForUpdate(next: T, current: T, context: RequestContext): T;
  validateUpdate(next: T, current: T): readonly FieldError[];
  warnings?(next: T, current: T): readonly string[];
}

/** A condition of a Table row: a Pod that is done, for example. */
export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The same stored objects under another group or version, with renamed fields. */
export interface VersionView<T> {
  readonly resource: Resource;
  /** Selectable fields of this version by the names that the strategy has for them, where they differ. */
  readonly fieldNames?: { readonly [shown: string]: string };
  fromStored(object: T): KubeObject;
  toStored(object: KubeObject): T;
  /** What is stricter in this version than in the stored one; replaces the strategy's own validation. */
  validate?(object: T): readonly FieldError[];
  validateUpdate?(next: T, current: T): readonly FieldError[];
}

export interface ScaleStrategy<T> {
  get(object: T): { readonly specReplicas: number; readonly statusReplicas: number; readonly selector: string };
  /** The object with that many replicas. */
  set(object: T, replicas: number): T;
}

/** All functions are pure and return new values that share what they did not change. */
export interface Strategy<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** How names are checked; upstream's message goes to metadata.name. */
  readonly validateName?: (name: string, prefix: boolean) => readonly string[];
  /** Versioned defaulting, applied whenever a client's object is decoded. */
  defaults?(object: T): T;
  /** Drops what a client may not set and fills in what the kind itself decides; runs before validation. */
  prepareForCreate?(object: T, context: RequestContext): T;
  prepareForUpdate?(next: T, current: T, context: RequestContext): T;
  /** Everything but metadata, which the machinery validates by `validateName`. */
  validate(object: T): readonly FieldError[];
  /** Everything upstream's ValidateUpdate says but metadata: what `validate` would say is part of it, in upstream's order. */
  validateUpdate(next: T, current: T): readonly FieldError[];
  /** What the writer must be allowed to besides: asked when validation has found nothing. */
  authorize?(next: T, current: T | undefined, context: RequestContext, access: Access): Promise<readonly FieldError[]>;
  /** Upstream's warnings; `current` is absent on create. */
  warnings?(object: T, current?: T): readonly string[];
  /** The warning every request for the kind gets, when the whole kind is deprecated. */
  readonly deprecation?: string;
  /** Whether the change of spec counts as a new generation; absent: the kind has no generation. */
  readonly generation?: (next: T, current: T) => boolean;
  /** New objects have no generation yet; absent: they have their first. */
  readonly startsWithoutGeneration?: true;
  /** PUT of an object that does not exist creates it. */
  readonly allowCreateOnUpdate?: boolean;
  /** PUT without resourceVersion is accepted. */
  readonly allowUnconditionalUpdate?: boolean;
  /** Fields besides metadata.name and metadata.namespace that `fieldSelector` knows, each with its value as text. */
  readonly fieldSelectors?: { readonly [path: string]: (object: T) => string };
  /** What is said of a field that cannot be selected, where a kind has words of its own. */
  readonly unknownFieldSelector?: (field: string) => string;
  readonly status?: SubresourceStrategy<T>;
  /** Other ways to update a part of the object: `ephemeralcontainers` and `resize` of Pods, `finalize` of Namespaces. */
  readonly subresources?: { readonly [name: string]: SubresourceStrategy<T> };
  readonly scale?: ScaleStrategy<T>;
  /** The grace period in seconds for a deletion, or undefined when the object goes at once. */
  gracePeriod?(object: T, options: DeleteOptions): number | undefined;
  /** What becomes of the dependents when a deletion does not say it. */
  readonly defaultPropagation?: 'Orphan' | 'Background';
  /** The warning a deletion gets that does not say what becomes of the dependents. */
  readonly orphanWarning?: string;
  readonly columns: readonly Column<T>[];
  /** The object with its metadata as upstream's internal form has it, which is what Tables and lists of metadata are made of. */
  inner?(object: T): T;
  /** The order of a Table's rows, where it is not the list's. */
  readonly rowOrder?: (a: T, b: T) => number;
  /** Conditions of the object's row in a Table. */
  rowConditions?(object: T): readonly RowCondition[];
  /** Other group versions under which the kind is served. */
  readonly views?: readonly VersionView<T>[];
}
