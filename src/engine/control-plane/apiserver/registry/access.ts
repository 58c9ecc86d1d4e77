/** What a strategy may ask of the server when what is written leads to other objects. */
import type { KubeObject } from '#engine/apimachinery';
import type { Authorizer } from '../authorization/authorizer.ts';

export interface Access {
  readonly authorizer: Authorizer;
  /** The plural of a kind that is served; undefined when none is. */
  pluralOf(group: string, version: string, kind: string): string | undefined;
  /** A cluster-scoped object by its resource and name. */
  find(group: string, plural: string, name: string): KubeObject | undefined;
}
