/** The images of one Node: what has been pulled, by which names it is known, and what a pull costs. */
import {
  type Disk,
  formatReference,
  type Image,
  type ImageRegistry,
  normalizeReference,
  RegistryError,
} from '#engine/os';
import type { Clock, Ledger, Millis, Saved } from '#engine/sim';

/** An image on the Node, as the CRI reports it. */
export interface StoredImage {
  readonly image: Image;
  /** `docker.io/library/nginx:1.25`, sorted */
  readonly repoTags: readonly string[];
  /** `docker.io/library/nginx@sha256:…`, sorted; empty for an image that was loaded, not pulled */
  readonly repoDigests: readonly string[];
}

/** An image on the Node's disk: layers and configuration come from the registry again. */
interface ImageRecord extends Pick<StoredImage, 'repoTags' | 'repoDigests'> {
  readonly image: string;
  readonly names: readonly string[];
}

/** A pull that failed, in containerd's words: `rpc error: code = NotFound desc = failed to pull …`. */
export class PullError extends Error {
  override readonly name = 'PullError';
}

/** What asking a registry for a manifest takes, ms. */
const RESOLVE_MS = 20;
/** Unpacking runs at this multiple of the transfer's rate. */
const UNPACK_SPEEDUP = 4;

export class ImageStore {
  private readonly byId = new Map<string, StoredImage>();
  private readonly idByName = new Map<string, string>();
  private readonly layers = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly registry: ImageRegistry,
    private readonly bytesPerSecond: number,
    private readonly disk?: Disk,
    private readonly ledger?: Ledger,
  ) {}

  /** Finds the images that are on the Node's disk again; one that no registry knows any more is gone. */
  async restore(saved: Saved): Promise<void> {
    for (const { image, repoTags, repoDigests, names } of (saved.get('images') ?? []) as readonly ImageRecord[]) {
      try {
        const found = await this.registry.resolve(image);
        this.keep({ image: found, repoTags, repoDigests }, names);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
      }
    }
  }

  /** Puts an image on the Node without a pull, as `ctr images import` does. Rejects with RegistryError. */
  async load(reference: string): Promise<void> {
    this.record(reference, await this.registry.resolve(reference), true);
  }

  /** The image a reference means on this Node. Throws InvalidReference. */
  get(reference: string): StoredImage | undefined {
    const byId = this.byId.get(reference);
    if (byId) return byId;
    const id = this.idByName.get(formatReference(normalizeReference(reference)));
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** Transfers what is missing. Rejects with PullError; when the signal aborts the transfer is given up. */
  async pull(reference: string, signal?: AbortSignal): Promise<StoredImage> {
    const name = formatReference(normalizeReference(reference));
    try {
      await this.clock.sleep(RESOLVE_MS, 'cri/resolve', signal);
      const image = await this.registry.resolve(reference);
      const missing = image.layers.filter((layer) => !this.layers.has(layer.digest));
      const bytes = missing.reduce((sum, layer) => sum + layer.sizeBytes, 0);
      const transferMs: Millis = Math.ceil((bytes / this.bytesPerSecond) * 1000 * (1 + 1 / UNPACK_SPEEDUP));
      if (transferMs > 0) await this.clock.sleep(transferMs, 'cri/pull', signal);
      if (missing.length > 0 && this.disk?.full)
        throw new PullError(
          `rpc error: code = Unknown desc = failed to pull and unpack image "${name}": failed to extract layer ${missing[0]?.digest}: write /var/lib/containerd/tmpmounts: no space left on device`,
        );
      if (signal?.aborted)
        throw new PullError(
          `rpc error: code = Canceled desc = failed to pull and unpack image "${name}": context canceled`,
        );
      return this.record(reference, image, false);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const code = error.code === 'NotFound' ? 'NotFound' : 'Unknown';
      throw new PullError(
        `rpc error: code = ${code} desc = failed to pull and unpack image "${name}": ${error.message}`,
      );
    }
  }

  /** Largest first, as Node.status.images lists them. */
  list(): readonly StoredImage[] {
    return [...this.byId.values()].sort(
      (a, b) => b.image.sizeBytes - a.image.sizeBytes || (a.image.id < b.image.id ? -1 : 1),
    );
  }

  remove(reference: string): boolean {
    const stored = this.get(reference);
    if (!stored) return false;
    this.byId.delete(stored.image.id);
    for (const [name, id] of this.idByName) if (id === stored.image.id) this.idByName.delete(name);
    this.note();
    return true;
  }

  private record(reference: string, image: Image, loaded: boolean): StoredImage {
    const parsed = normalizeReference(reference);
    const known = this.byId.get(image.id);
    const tags = new Set(known?.repoTags);
    const digests = new Set(known?.repoDigests);
    if (parsed.tag !== undefined && parsed.digest === undefined) tags.add(formatReference(parsed));
    if (!loaded || parsed.digest !== undefined) digests.add(`${parsed.name}@${image.digest}`);
    const stored: StoredImage = { image, repoTags: [...tags].sort(), repoDigests: [...digests].sort() };
    this.keep(stored, [formatReference(parsed), `${parsed.name}@${image.digest}`]);
    this.note();
    return stored;
  }

  private keep(stored: StoredImage, names: readonly string[]): void {
    this.byId.set(stored.image.id, stored);
    for (const name of names) this.idByName.set(name, stored.image.id);
    for (const layer of stored.image.layers) this.layers.add(layer.digest);
  }

  private note(): void {
    this.ledger?.put('images', () =>
      [...this.byId.values()].map(({ image, repoTags, repoDigests }): ImageRecord => {
        const names = [...this.idByName].filter(([, id]) => id === image.id).map(([name]) => name);
        return { image: `${image.name}:${image.tag}`, repoTags, repoDigests, names };
      }),
    );
  }
}

/** What `imageID` of a container status shows. */
export const imageRefOf = (stored: StoredImage): string => stored.repoDigests[0] ?? stored.image.id;
