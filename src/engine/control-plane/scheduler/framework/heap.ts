/** A binary heap whose items are also found by key. @upstream pkg/scheduler/backend/heap/heap.go */
export class Heap<T> {
  private readonly items: T[] = [];
  private readonly index = new Map<string, number>();

  constructor(
    private readonly keyOf: (item: T) => string,
    private readonly less: (a: T, b: T) => boolean,
  ) {}

  get size(): number {
    return this.items.length;
  }

  get(key: string): T | undefined {
    const at = this.index.get(key);
    return at === undefined ? undefined : this.items[at];
  }

  peek(): T | undefined {
    return this.items[0];
  }

  /** In no particular order. */
  values(): readonly T[] {
    return this.items;
  }

  /** Adds, or puts in its new place what is known by that key. */
  push(item: T): void {
    const key = this.keyOf(item);
    const at = this.index.get(key);
    if (at !== undefined) {
      this.items[at] = item;
      this.settle(at);
      return;
    }
    this.items.push(item);
    this.index.set(key, this.items.length - 1);
    this.up(this.items.length - 1);
  }

  pop(): T | undefined {
    const first = this.items[0];
    if (first !== undefined) this.removeAt(0);
    return first;
  }

  delete(key: string): T | undefined {
    const at = this.index.get(key);
    if (at === undefined) return undefined;
    const item = this.items[at] as T;
    this.removeAt(at);
    return item;
  }

  private removeAt(at: number): void {
    this.index.delete(this.keyOf(this.items[at] as T));
    const last = this.items.pop() as T;
    if (at >= this.items.length) return;
    this.items[at] = last;
    this.index.set(this.keyOf(last), at);
    this.settle(at);
  }

  private settle(at: number): void {
    this.up(at);
    this.down(at);
  }

  private up(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.less(this.items[at] as T, this.items[parent] as T)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private down(start: number): void {
    let at = start;
    for (;;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.items.length && this.less(this.items[child] as T, this.items[first] as T)) first = child;
      }
      if (first === at) return;
      this.swap(at, first);
      at = first;
    }
  }

  private swap(a: number, b: number): void {
    const first = this.items[a] as T;
    const second = this.items[b] as T;
    this.items[a] = second;
    this.items[b] = first;
    this.index.set(this.keyOf(second), a);
    this.index.set(this.keyOf(first), b);
  }
}
