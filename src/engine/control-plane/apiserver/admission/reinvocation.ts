/**
 * Mutating policies and webhooks that are asked again because somebody after them changed the object.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/mutating/reinvocationcontext.go
 */
import type { KubeObject } from '#engine/apimachinery';

/** What one plugin remembers between both passes over the chain. */
class PluginMemory {
  lastOutput: KubeObject | undefined;
  readonly invoked = new Set<string>();
  readonly again = new Set<string>();

  /** Somebody changed the object: all that were asked before, and agree to it, are asked again. */
  require(): void {
    for (const key of this.invoked) this.again.add(key);
    this.invoked.clear();
  }
}

/** One request's two passes. */
export class Reinvocation {
  /** The second pass. */
  isReinvoke = false;
  /** Somebody changed the object in the first one. */
  isWanted = false;
  readonly #memories = new Map<string, PluginMemory>();

  of(plugin: string): PluginMemory {
    const memory = this.#memories.get(plugin) ?? new PluginMemory();
    this.#memories.set(plugin, memory);
    return memory;
  }
}
