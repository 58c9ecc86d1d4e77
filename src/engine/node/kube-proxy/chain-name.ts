/** Names of chains: a prefix and 16 letters of a hash, as iptables allows 28 characters. @upstream pkg/proxy/iptables/proxier.go */
import { sha256 } from '#engine/sim';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function hash16(text: string): string {
  const bytes = sha256(text);
  let out = '';
  for (let i = 0; i < 16; i++) {
    const bit = i * 5;
    const word = ((bytes[bit >> 3] as number) << 8) | (bytes[(bit >> 3) + 1] as number);
    out += BASE32[(word >> (11 - (bit & 7))) & 31];
  }
  return out;
}

/** `ns/name:port`. */
export const serviceChain = (prefix: 'SVC' | 'SVL' | 'EXT' | 'FW', servicePort: string, protocol: string): string =>
  `KUBE-${prefix}-${hash16(servicePort + protocol.toLowerCase())}`;

export const endpointChain = (servicePort: string, protocol: string, endpoint: string): string =>
  `KUBE-SEP-${hash16(servicePort + protocol.toLowerCase() + endpoint)}`;
