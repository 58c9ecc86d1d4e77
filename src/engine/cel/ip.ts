/** Addresses and blocks of addresses. @upstream staging/src/k8s.io/apiserver/pkg/cel/library/ip.go, cidr.go */
import { type Cidr, formatIp, type IpAddress, parseCidr, parseIp } from '#engine/apimachinery';
import type { CelFunction } from './arithmetic.ts';
import { addressFault, prefixFault } from './ip-faults.ts';
import { CelError, Opaque, type Value } from './values.ts';

interface Address extends IpAddress {
  readonly text: string;
}

interface Block extends Cidr {
  readonly text: string;
}

const isOpaque = (value: Value | undefined, type: string): value is Opaque =>
  value instanceof Opaque && value.type === type;

const ipValue = (address: IpAddress): Opaque => new Opaque('net.IP', { ...address, text: formatIp(address) });
const cidrValue = (block: Cidr): Opaque =>
  new Opaque('net.CIDR', { ...block, text: `${formatIp(block.address)}/${block.prefixLength}` });

const isMapped = ({ family, bytes }: IpAddress): boolean =>
  family === 6 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;

function addressOf(text: string): IpAddress {
  const fault = addressFault(text);
  if (fault !== undefined)
    throw new CelError(`IP Address "${text}" parse error during conversion from string: ${fault}`);
  if (text.includes('%')) throw new CelError(`IP address "${text}" with zone value is not allowed`);
  const address = parseIp(text);
  if (!address)
    throw new CelError(`IP Address "${text}" parse error during conversion from string: unable to parse IP`);
  if (isMapped(address)) throw new CelError(`IPv4-mapped IPv6 address "${text}" is not allowed`);
  return address;
}

/** Upstream says it twice. */
const NO_BLOCK = 'network address parse error during conversion from string: ';

function blockOf(text: string): Cidr {
  const fault = prefixFault(text);
  const block = fault === undefined ? parseCidr(text) : undefined;
  if (!block) throw new CelError(`${NO_BLOCK}${NO_BLOCK}${fault}`);
  if (isMapped(block.address)) throw new CelError(`${NO_BLOCK}IPv4-mapped IPv6 address "${text}" is not allowed`);
  return block;
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}

const ipOf = (value: Value | undefined): IpAddress | undefined =>
  typeof value === 'string' ? addressOf(value) : isOpaque(value, 'net.IP') ? (value.content as Address) : undefined;

function masked({ address, prefixLength, leadingZeros }: Cidr): Cidr {
  const bytes = address.bytes.map(
    (byte, at) => byte & (0xff00 >> Math.max(0, Math.min(8, prefixLength - at * 8))) & 0xff,
  );
  return { address: { ...address, bytes }, prefixLength, leadingZeros };
}

function containsIp(block: Cidr, address: IpAddress): boolean {
  if (block.address.family !== address.family) return false;
  const network = masked(block).address.bytes;
  const own = masked({ address, prefixLength: block.prefixLength, leadingZeros: false }).address.bytes;
  return network.every((byte, at) => byte === own[at]);
}

const ofIp =
  (answer: (address: IpAddress) => Value): CelFunction =>
  (value) =>
    isOpaque(value, 'net.IP') ? answer(value.content as Address) : undefined;

const first = ({ bytes }: IpAddress): number => bytes[0] ?? 0;
const second = ({ bytes }: IpAddress): number => bytes[1] ?? 0;
const isUnspecified = ({ bytes }: IpAddress): boolean => bytes.every((byte) => byte === 0);
const isLoopback = (ip: IpAddress): boolean =>
  ip.family === 4 ? first(ip) === 127 : ip.bytes.every((byte, at) => byte === (at === 15 ? 1 : 0));
const isLinkLocalUnicast = (ip: IpAddress): boolean =>
  ip.family === 4 ? first(ip) === 169 && second(ip) === 254 : first(ip) === 0xfe && (second(ip) & 0xc0) === 0x80;
const isLinkLocalMulticast = (ip: IpAddress): boolean =>
  ip.family === 4
    ? first(ip) === 224 && second(ip) === 0 && ip.bytes[2] === 0
    : first(ip) === 0xff && (second(ip) & 0x0f) === 2;
const isMulticast = (ip: IpAddress): boolean => (ip.family === 4 ? (first(ip) & 0xf0) === 0xe0 : first(ip) === 0xff);
const isBroadcast = ({ bytes }: IpAddress): boolean => bytes.length === 4 && bytes.every((byte) => byte === 255);
const isGlobalUnicast = (ip: IpAddress): boolean =>
  !isBroadcast(ip) && !isUnspecified(ip) && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip);

const toBlock = (value: Value | undefined): Cidr | undefined =>
  typeof value === 'string' ? blockOf(value) : isOpaque(value, 'net.CIDR') ? (value.content as Block) : undefined;

export const IP: { readonly [name: string]: CelFunction } = {
  ip: (value) => {
    if (isOpaque(value, 'net.CIDR')) return ipValue((value.content as Block).address);
    return typeof value === 'string' ? ipValue(addressOf(value)) : undefined;
  },
  isIP: (text) => (typeof text === 'string' ? succeeds(() => addressOf(text)) : undefined),
  'ip.isCanonical': (text) => (typeof text === 'string' ? formatIp(addressOf(text)) === text : undefined),
  family: ofIp(({ family }) => BigInt(family)),
  isUnspecified: ofIp(isUnspecified),
  isLoopback: ofIp(isLoopback),
  isLinkLocalMulticast: ofIp(isLinkLocalMulticast),
  isLinkLocalUnicast: ofIp(isLinkLocalUnicast),
  isGlobalUnicast: ofIp(isGlobalUnicast),
  cidr: (text) => (typeof text === 'string' ? cidrValue(blockOf(text)) : undefined),
  isCIDR: (text) => (typeof text === 'string' ? succeeds(() => blockOf(text)) : undefined),
  containsIP: (block, value) => {
    if (!isOpaque(block, 'net.CIDR')) return undefined;
    const address = ipOf(value);
    return address && containsIp(block.content as Block, address);
  },
  containsCIDR: (block, value) => {
    if (!isOpaque(block, 'net.CIDR')) return undefined;
    const own = block.content as Block;
    const other = toBlock(value);
    return other && own.prefixLength <= other.prefixLength && containsIp(own, other.address);
  },
  masked: (block) => (isOpaque(block, 'net.CIDR') ? cidrValue(masked(block.content as Block)) : undefined),
  prefixLength: (block) => (isOpaque(block, 'net.CIDR') ? BigInt((block.content as Block).prefixLength) : undefined),
};
