/**
 * The ranges that addresses of Services come from: the server's own, and those of further ServiceCIDRs while they are ready.
 * @upstream pkg/registry/core/service/ipallocator/cidrallocator.go
 */
import { type ServiceCIDR, serviceCIDRs } from '#engine/api';
import { formatIp, parseCidr, parseIp } from '#engine/apimachinery';
import { type Etcd, prefixRange } from '#engine/control-plane/etcd';
import { invariant, type Rng } from '#engine/sim';
import type { Stores } from '../endpoints/endpoint.ts';
import { prefixOf } from '../storage/prefix.ts';
import { type AllocationRefusal, RangeAllocator, reservedOf } from './allocator.ts';

export class AddressRanges {
  /** Addresses as numbers; shared by ranges, which may overlap. */
  private readonly used = new Set<number>();
  private readonly known = new Map<string, RangeAllocator>();
  private ready: readonly RangeAllocator[];
  private refresh: (() => readonly string[] | undefined) | undefined;

  /** @param own the server's `--service-cluster-ip-range`, IPv4 */
  constructor(
    private readonly own: string,
    private readonly rng: Rng,
  ) {
    const allocator = this.allocatorOf(own);
    invariant(allocator, `the service range ${own} is no IPv4 range`);
    this.ready = [allocator];
  }

  /** The address of the `kubernetes` Service: the first of the server's own range. */
  get first(): string {
    return addressText(this.known.get(this.own)?.first ?? 0);
  }

  /** From now on ServiceCIDRs count. */
  follow(stores: Stores, etcd: Etcd, signal: AbortSignal | undefined): void {
    let isStale = true;
    const stop = etcd.watch(prefixRange(prefixOf(serviceCIDRs)), 0, () => {
      isStale = true;
    });
    signal?.addEventListener('abort', stop, { once: true });
    this.refresh = () => {
      if (!isStale) return undefined;
      isStale = false;
      return this.texts(
        stores
          .of<ServiceCIDR>(serviceCIDRs)
          .storage.list()
          .map(({ value }) => value),
      );
    };
  }

  /** Undefined when it worked. */
  take(number: number, dryRun = false): AllocationRefusal | undefined {
    const range = this.ranges().find(({ first, last }) => number >= first && number <= last);
    return range ? range.take(number, dryRun) : 'outside';
  }

  /** What a stored Service holds, be its range ready or not. */
  adopt(number: number): void {
    this.used.add(number);
  }

  /** Undefined when every range is full. */
  takeNext(): number | undefined {
    for (const range of this.ranges()) {
      const number = range.takeNext();
      if (number !== undefined) return number;
    }
    return undefined;
  }

  release(number: number): void {
    this.used.delete(number);
  }

  private ranges(): readonly RangeAllocator[] {
    const texts = this.refresh?.();
    if (texts) this.ready = texts.flatMap((text) => this.allocatorOf(text) ?? []);
    return this.ready;
  }

  /** The server's own first, as long as no object says that it is not ready. */
  private texts(objects: readonly ServiceCIDR[]): readonly string[] {
    const isReady = new Map<string, boolean>();
    for (const { metadata, spec, status } of objects) {
      const condition = status?.conditions?.find(({ type }) => type === 'Ready');
      const counts = !metadata.deletionTimestamp && (condition === undefined || condition.status === 'True');
      for (const text of spec?.cidrs ?? []) isReady.set(text, counts || isReady.get(text) === true);
    }
    if (!isReady.has(this.own)) isReady.set(this.own, true);
    const texts = [...isReady.keys()].filter((text) => isReady.get(text));
    return texts.sort((a, b) => Number(b === this.own) - Number(a === this.own));
  }

  /** Undefined for IPv6. */
  private allocatorOf(text: string): RangeAllocator | undefined {
    const before = this.known.get(text);
    if (before) return before;
    const cidr = parseCidr(text);
    if (cidr?.address.family !== 4) return undefined;
    const base = toNumber(cidr.address.bytes);
    const size = 2 ** (32 - cidr.prefixLength);
    const chance = this.rng.fork(text === this.own ? 'addresses' : `addresses of ${text}`);
    // Network and broadcast address belong to nobody.
    const allocator = new RangeAllocator(
      base + 1,
      base + size - 2,
      reservedOf(size - 2, 16, 16, 256),
      chance,
      this.used,
    );
    this.known.set(text, allocator);
    return allocator;
  }
}

const toNumber = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Undefined for what is no IPv4 address. */
export function addressNumber(text: string): number | undefined {
  const ip = parseIp(text);
  return ip?.family === 4 ? toNumber(ip.bytes) : undefined;
}

export function addressText(number: number): string {
  const bytes = [number / 2 ** 24, number / 2 ** 16, number / 2 ** 8, number].map((part) => Math.floor(part) % 256);
  return formatIp({ family: 4, bytes, leadingZeros: false });
}
