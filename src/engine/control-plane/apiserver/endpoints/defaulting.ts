/** From what a client says to what is stored. */
import type { KubeObject } from '#engine/apimachinery';
import type { Served } from './endpoint.ts';

/** A client's object in the stored version, with its defaults. */
export function defaulted(served: Served, object: KubeObject): KubeObject {
  const stored = served.view ? served.view.toStored(object) : object;
  return served.store.strategy.defaults?.(stored) ?? stored;
}
