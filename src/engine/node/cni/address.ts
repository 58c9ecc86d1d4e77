/** IPv4 addresses as numbers, blocks, and the allocation of Pod addresses from a Node's block. */

/** The 32-bit number of a dotted quad, or undefined when the text is not one. */
export function parseIpv4(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (octet < 0 || (i < text.length && ++dots > 3)) return undefined;
      value = value * 256 + octet;
      octet = -1;
    } else {
      if (code < 48 || code > 57) return undefined;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return undefined;
    }
  }
  return dots === 3 ? value : undefined;
}

export const formatIpv4 = (value: number): string =>
  `${Math.floor(value / 0x100_0000)}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

/** True for a literal address of either family. */
export const isAddress = (text: string): boolean => parseIpv4(text) !== undefined || text.includes(':');

export interface Block {
  readonly first: number;
  /** number of addresses */
  readonly size: number;
}

/** `10.244.1.0/24`. Throws RangeError when the text is not an IPv4 block. */
export function parseBlock(cidr: string): Block {
  const slash = cidr.indexOf('/');
  const base = parseIpv4(cidr.slice(0, slash));
  const length = Number(cidr.slice(slash + 1));
  if (slash < 0 || base === undefined || !(length >= 0 && length <= 32))
    throw new RangeError(`invalid CIDR address: ${cidr}`);
  const size = 2 ** (32 - length);
  return { first: base - (base % size), size };
}

export const contains = (block: Block, address: number): boolean =>
  address >= block.first && address < block.first + block.size;

/**
 * Addresses of one block, handed out in turn so that one just freed is reused as late as possible.
 * The network address, the gateway (first) and the broadcast address are never handed out.
 * @upstream plugins/ipam/host-local of containernetworking
 */
export class AddressPool {
  private readonly used = new Set<number>();
  /** The one given last. */
  last: number;

  constructor(private readonly block: Block) {
    this.last = block.first + 1;
  }

  /** Undefined when every address is taken. */
  allocate(): string | undefined {
    const { first, size } = this.block;
    for (let i = 0; i < size; i++) {
      this.last = this.last + 1 >= first + size - 1 ? first + 2 : this.last + 1;
      if (!this.used.has(this.last)) {
        this.used.add(this.last);
        return formatIpv4(this.last);
      }
    }
    return undefined;
  }

  release(address: string): void {
    const value = parseIpv4(address);
    if (value !== undefined) this.used.delete(value);
  }
}
