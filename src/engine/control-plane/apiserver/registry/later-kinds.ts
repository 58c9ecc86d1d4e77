/** Kinds whose strategies come beside the server while it starts: it is smaller so. */
import { customResourceDefinitions, horizontalPodAutoscalers, type Resource, resourcesServed } from '#engine/api';
import { InvariantError } from '#engine/sim';
import { strategies } from './strategies.ts';
import type { Strategy } from './strategy.ts';

export const autoscalersV1: Resource = Object.freeze({ ...horizontalPodAutoscalers, version: 'v1' });

export interface LaterKind {
  readonly resource: Resource;
  /** Under which other versions it is served. */
  readonly versions: readonly Resource[];
}

export const laterKinds: readonly LaterKind[] = resourcesServed
  .filter((resource) => resource !== customResourceDefinitions && !strategies.some((one) => one.resource === resource))
  .map((resource) => ({ resource, versions: resource === horizontalPodAutoscalers ? [autoscalersV1] : [] }));

/** A strategy that has nothing to say yet, and a way to make it the kind's own. Objects can be read with it, not written. */
export function awaitedStrategy(resource: Resource): { readonly strategy: Strategy; fill(known: Strategy): void } {
  const early = (): never => {
    throw new InvariantError(`${resource.plural}: written before the strategy was there`);
  };
  const strategy: Strategy = {
    resource,
    columns: [],
    validate: early,
    validateUpdate: early,
    prepareForCreate: early,
    prepareForUpdate: early,
  };
  return {
    strategy,
    fill(known) {
      Object.assign(strategy, { prepareForCreate: undefined, prepareForUpdate: undefined }, known);
    },
  };
}
