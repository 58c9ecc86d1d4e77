/** The order Nodes are looked at: one of each zone in turn. @upstream pkg/scheduler/backend/cache/node_tree.go */
import type { Node } from '#engine/api';

/** Region and zone as one key; '' when the Node has neither. */
function zoneKey(node: Node): string {
  const labels = node.metadata.labels;
  const region =
    labels?.['topology.kubernetes.io/region'] ?? labels?.['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels?.['topology.kubernetes.io/zone'] ?? labels?.['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

export class NodeTree {
  private readonly zones = new Map<string, string[]>();
  private readonly known = new Set<string>();

  has(name: string): boolean {
    return this.known.has(name);
  }

  add(node: Node): void {
    const { name } = node.metadata;
    if (this.known.has(name)) return;
    const key = zoneKey(node);
    const zone = this.zones.get(key);
    if (zone) zone.push(name);
    else this.zones.set(key, [name]);
    this.known.add(name);
  }

  remove(node: Node): void {
    const { name } = node.metadata;
    if (!this.known.delete(name)) return;
    const key = zoneKey(node);
    const zone = this.zones.get(key);
    if (!zone) return;
    zone.splice(zone.indexOf(name), 1);
    if (zone.length === 0) this.zones.delete(key);
  }

  /** True when the order changed. */
  update(previous: Node, node: Node): boolean {
    if (previous.metadata.labels === node.metadata.labels || zoneKey(previous) === zoneKey(node)) return false;
    this.remove(previous);
    this.add(node);
    return true;
  }

  list(): string[] {
    const zones = [...this.zones.values()];
    const longest = zones.reduce((most, zone) => Math.max(most, zone.length), 0);
    const names: string[] = [];
    for (let i = 0; i < longest; i++) {
      for (const zone of zones) {
        const name = zone[i];
        if (name !== undefined) names.push(name);
      }
    }
    return names;
  }
}
