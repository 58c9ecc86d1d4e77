/** A request's walk as data, in no language: the page puts it into words. Texts of Kubernetes itself come along verbatim in `message`. */
import type { PolicyRule } from '#engine/api';
import type { NearMiss } from '#engine/cluster/access';
import type { Millis } from '#engine/sim';
import type { FieldChange } from './explanation.ts';

export type { NearMiss } from '#engine/cluster/access';

/** Which requests are wanted. */
export interface RequestQuery {
  /** Everybody: those of the cluster's own parts too. */
  readonly of: 'people' | 'everybody';
  /** Only those that were refused. */
  readonly refused?: boolean;
  /** Only those of one run of kubectl. */
  readonly session?: string;
  /** Only those of commands typed in that terminal. */
  readonly terminal?: number;
  readonly limit: number;
}

/** A request in a list. */
export interface RequestRow {
  readonly id: number;
  readonly at: Millis;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly verb: string;
  readonly who: string;
  readonly program: string;
  readonly code: number;
  /** The run of kubectl it belongs to. */
  readonly session?: string;
  /** That run's command line, and the number of its terminal. */
  readonly line?: string;
  readonly terminal?: number;
}

/** A station of the walk. */
export type StationCode =
  | 'connection'
  | 'authentication'
  | 'impersonation'
  | 'priority'
  | 'authorization'
  | 'read'
  | 'decode'
  | 'patch'
  | 'defaulting'
  | 'managed-fields'
  | 'mutating'
  | 'prepare'
  | 'validation'
  | 'validating'
  | 'quota'
  | 'storage'
  | 'response';

/** `skipped`: the request did not come that far. */
type StationVerdict = 'passed' | 'changed' | 'refused' | 'skipped';

export interface Station {
  readonly code: StationCode;
  readonly verdict: StationVerdict;
  readonly at?: Millis;
  /** What there is to know, by name: `user`, `groups`, `plugin` … */
  readonly facts: { readonly [name: string]: string | number };
  /** The server's words. */
  readonly message?: string;
  readonly changes: readonly FieldChange[];
  /** Changes that are not listed. */
  readonly more?: number;
  readonly rule?: PolicyRule;
  readonly misses?: readonly NearMiss[];
  /** Admission plugins that were asked, in order. */
  readonly asked?: readonly string[];
}

/** One request, from the connection to the answer. */
export interface RequestWalk {
  readonly row: RequestRow;
  readonly stations: readonly Station[];
  readonly warnings: readonly string[];
  /** What an audit policy of level Metadata, and RequestResponse for writes, would log. */
  readonly audit: readonly unknown[];
}
