/** Hands out equal blocks of a range, each once. @upstream pkg/controller/nodeipam/ipam/cidrset/cidr_set.go */

/** IPv4 only. Throws RangeError for a range that is none. */
export class CidrSet {
  private readonly used = new Set<number>();
  private readonly base: number;
  private readonly size: number;
  private next = 0;

  constructor(
    cidr: string,
    private readonly maskSize: number,
  ) {
    const [address = '', length = ''] = cidr.split('/');
    const bits = Number(length);
    if (!(bits <= maskSize && maskSize <= 32))
      throw new RangeError(`a node mask of ${maskSize} does not fit in ${cidr}`);
    this.base = ipToNumber(address);
    this.size = 2 ** (maskSize - bits);
  }

  /** The next free block; undefined when all are taken. */
  allocate(): string | undefined {
    for (let tried = 0; tried < this.size; tried++) {
      const index = (this.next + tried) % this.size;
      if (this.used.has(index)) continue;
      this.used.add(index);
      this.next = (index + 1) % this.size;
      return `${numberToIp(this.base + index * 2 ** (32 - this.maskSize))}/${this.maskSize}`;
    }
    return undefined;
  }

  occupy(cidr: string): void {
    this.used.add(this.indexOf(cidr));
  }

  release(cidr: string): void {
    this.used.delete(this.indexOf(cidr));
  }

  private indexOf(cidr: string): number {
    return Math.floor((ipToNumber(cidr.split('/')[0] ?? '') - this.base) / 2 ** (32 - this.maskSize));
  }
}

const ipToNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const numberToIp = (value: number): string =>
  [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(value / unit) % 256).join('.');
