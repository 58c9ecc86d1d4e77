/**
 * IP addresses and CIDR blocks as the API reads them.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go
 */

/** An address as bytes: 4 or 16. A mapped IPv4 address (`::ffff:1.2.3.4`) keeps its 16 bytes. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
  /** Written with leading zeros, which other parsers read as octal. */
  readonly leadingZeros: boolean;
}

export interface Cidr {
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly leadingZeros: boolean;
}

const DIGITS = /^\d+$/;
const HEX = /^[0-9a-fA-F]{1,4}$/;

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let leadingZeros = false;
  const bytes: number[] = [];
  for (const part of parts) {
    const value = DIGITS.test(part) ? Number(part) : 256;
    if (value > 255) return undefined;
    if (part.length > 1 && part.startsWith('0')) leadingZeros = true;
    bytes.push(value);
  }
  return { family: 4, bytes, leadingZeros };
}

/** Groups of one side of `::`; an IPv4 address may end the last side. */
function groupsOf(
  text: string,
  last: boolean,
): { readonly groups: number[]; readonly leadingZeros: boolean } | undefined {
  const groups: number[] = [];
  let leadingZeros = false;
  const parts = text === '' ? [] : text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = last && i === parts.length - 1 ? parseIpv4(part) : undefined;
      if (!v4) return undefined;
      leadingZeros = v4.leadingZeros;
      const [a = 0, b = 0, c = 0, d = 0] = v4.bytes;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (HEX.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return { groups, leadingZeros };
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : { groups: [], leadingZeros: false };
  if (!head || !tail) return undefined;
  const missing = 8 - head.groups.length - tail.groups.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head.groups, ...new Array<number>(missing).fill(0), ...tail.groups];
  return {
    family: 6,
    bytes: groups.flatMap((group) => [group >> 8, group & 255]),
    leadingZeros: head.leadingZeros || tail.leadingZeros,
  };
}

/** Reads an address, also one with leading zeros (`010.0.0.1`); undefined when it is none. */
export const parseIp = (text: string): IpAddress | undefined =>
  text.includes(':') ? parseIpv6(text) : parseIpv4(text);

/** Reads `10.0.0.0/8`. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!address || !DIGITS.test(length) || Number(length) > address.bytes.length * 8) return undefined;
  const leadingZeros = address.leadingZeros || (length.length > 1 && length.startsWith('0'));
  return { address, prefixLength: Number(length), leadingZeros };
}

const isMapped = ({ family, bytes }: IpAddress) =>
  family === 6 && bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255;

/** Faults of an IP address in upstream's words. */
export function isValidIp(text: string): readonly string[] {
  const ip = parseIp(text);
  if (!ip) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (ip.leadingZeros) return ['must not have leading 0s'];
  return isMapped(ip) ? ['must not be an IPv4-mapped IPv6 address'] : [];
}

function hasHostBits({ address, prefixLength }: Cidr): boolean {
  return address.bytes.some((byte, i) => {
    const networkBits = Math.max(0, Math.min(8, prefixLength - i * 8));
    return (byte & (255 >> networkBits)) !== 0;
  });
}

/** Faults of a CIDR block in upstream's words. */
export function isValidCidr(text: string): readonly string[] {
  const cidr = parseCidr(text);
  if (!cidr) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  const faults: string[] = [];
  if (cidr.leadingZeros) faults.push('must not have leading 0s in IP or prefix length');
  else if (isMapped(cidr.address)) faults.push('must not have an IPv4-mapped IPv6 address');
  if (hasHostBits(cidr)) faults.push('must not have bits set beyond the prefix length');
  return faults;
}

/** The canonical text (RFC 5952): the longest run of zero groups becomes `::`. */
export function formatIp({ family, bytes }: IpAddress): string {
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[i * 2] ?? 0) * 256 + (bytes[i * 2 + 1] ?? 0));
  let start = 0;
  let length = 0;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** Why an address may not be an endpoint or an external IP, in upstream's words. */
export function specialIpFaults(text: string): readonly string[] {
  const ip = parseIp(text);
  if (!ip) return ['must be a valid IP address'];
  const [a = 0, b = 0, c = 0] = ip.bytes;
  const faults: string[] = [];
  const v4 = ip.family === 4;
  const zero = ip.bytes.every((byte) => byte === 0);
  const loopback = v4 ? a === 127 : ip.bytes.slice(0, 15).every((byte) => byte === 0) && ip.bytes[15] === 1;
  if (zero) faults.push(`may not be unspecified (${text})`);
  if (loopback) faults.push('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (v4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) {
    faults.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  if (v4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2) {
    faults.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  }
  return faults;
}
