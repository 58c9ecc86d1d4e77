/** What the plugins of one scheduling cycle remember between extension points. */

/** A plugin's state that changes while preemption or nominated Pods are tried out is cloned first. */
interface CloneableState {
  clone(): unknown;
}

const isCloneable = (value: unknown): value is CloneableState =>
  typeof value === 'object' && value !== null && 'clone' in value && typeof value.clone === 'function';

/** @upstream pkg/scheduler/framework/cycle_state.go */
export class CycleState {
  private readonly data = new Map<string, unknown>();
  /** Plugins whose PreFilter said Skip. */
  readonly skipFilter: Set<string>;
  /** Plugins whose PreScore said Skip. */
  readonly skipScore: Set<string>;

  constructor(skipFilter?: ReadonlySet<string>, skipScore?: ReadonlySet<string>) {
    this.skipFilter = new Set(skipFilter);
    this.skipScore = new Set(skipScore);
  }

  read<T>(key: string): T | undefined {
    return this.data.get(key) as T | undefined;
  }

  write(key: string, value: unknown): void {
    this.data.set(key, value);
  }

  clone(): CycleState {
    const copy = new CycleState(this.skipFilter, this.skipScore);
    for (const [key, value] of this.data) copy.write(key, isCloneable(value) ? value.clone() : value);
    return copy;
  }
}
