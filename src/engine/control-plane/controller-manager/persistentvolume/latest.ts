/** A cache that is never behind what its owner wrote itself. @upstream pkg/controller/volume/persistentvolume/index.go */
import { type KubeObject, objectKey } from '#engine/apimachinery';
import type { Lister } from '#engine/client-go';

const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion ?? '0');

export class Latest<T extends KubeObject> {
  private readonly written = new Map<string, T>();

  constructor(private readonly lister: Lister<T>) {}

  wrote(object: T): void {
    this.written.set(objectKey(object), object);
  }

  /** The watch showed this state: what is no newer is forgotten. */
  saw(object: T): void {
    const own = this.written.get(objectKey(object));
    if (own && versionOf(own) <= versionOf(object)) this.written.delete(objectKey(object));
  }

  gone(object: T): void {
    this.written.delete(objectKey(object));
  }

  get(key: string): T | undefined {
    return this.written.get(key) ?? this.lister.get(key);
  }

  list(): readonly T[] {
    const cached = this.lister.list();
    if (this.written.size === 0) return cached;
    return cached.map((object) => this.written.get(objectKey(object)) ?? object);
  }
}
