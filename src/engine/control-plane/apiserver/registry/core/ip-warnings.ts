/**
 * Warnings about addresses that are valid but not written as they should be.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go
 */
import { formatIp, type IpAddress, parseCidr, parseIp } from '#engine/apimachinery';

const isMapped = ({ family, bytes }: IpAddress) =>
  family === 6 && bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255;

const quote = (text: string) => JSON.stringify(text);

export function ipWarnings(path: string, text: string): readonly string[] {
  const ip = parseIp(text);
  if (!ip) return [];
  if (ip.leadingZeros || isMapped(ip)) {
    const canonical = isMapped(ip) ? ip.bytes.slice(12).join('.') : formatIp(ip);
    const what = `non-standard IP address ${quote(text)} will be considered invalid in a future Kubernetes release`;
    return [`${path}: ${what}: use ${quote(canonical)}`];
  }
  if (ip.family === 6 && formatIp(ip) !== text) {
    return [`${path}: IPv6 address ${quote(text)} should be in RFC 5952 canonical format (${quote(formatIp(ip))})`];
  }
  return [];
}

/** The network a block stands for: host bits cleared. */
const network = (bytes: readonly number[], prefixLength: number) =>
  bytes.map((byte, i) => byte & ~(255 >> Math.max(0, Math.min(8, prefixLength - i * 8))) & 255);

export function cidrWarnings(path: string, text: string): readonly string[] {
  const cidr = parseCidr(text);
  if (!cidr) return [];
  const { address, prefixLength } = cidr;
  const masked: IpAddress = { ...address, bytes: network(address.bytes, prefixLength) };
  const block = `${formatIp(masked)}/${prefixLength}`;
  const found: string[] = [];
  if (formatIp(masked) !== formatIp(address)) {
    const single = `${formatIp(address)}/${address.bytes.length * 8}`;
    found.push(
      `${path}: CIDR value ${quote(text)} is ambiguous in this context (should be ${quote(block)} or ${quote(single)}?)`,
    );
  }
  if (cidr.leadingZeros || isMapped(address)) {
    const what = `non-standard CIDR value ${quote(text)} will be considered invalid in a future Kubernetes release`;
    found.push(`${path}: ${what}: use ${quote(block)}`);
  }
  if (found.length === 0 && address.family === 6 && block !== text) {
    found.push(`${path}: IPv6 CIDR value ${quote(text)} should be in RFC 5952 canonical format (${quote(block)})`);
  }
  return found;
}
