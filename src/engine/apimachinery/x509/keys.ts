/** Private keys on P-256, as files hold them. */
import type { Rng } from '#engine/sim';
import {
  bigIntToBytes,
  bytesToBigInt,
  derMembers,
  derTags,
  readDer,
  writeDer,
  writeInteger,
  writeObjectId,
} from './der.ts';
import { p256PublicKey, p256Secret } from './p256.ts';
import { readPem, writePem } from './pem.ts';

export interface PrivateKey {
  readonly secret: bigint;
  /** The uncompressed point: 4, x, y. */
  readonly point: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

const CURVE = writeObjectId('1.2.840.10045.3.1.7');
const ALGORITHM = writeDer(derTags.sequence, writeObjectId('1.2.840.10045.2.1'), CURVE);
const SIZE = 32;

export function privateKey(secret: bigint): PrivateKey {
  const point = p256PublicKey(secret);
  return { secret, point, publicKey: writeDer(derTags.sequence, ALGORITHM, writeDer(derTags.bitString, [0], point)) };
}

/** A key from a stream of chance: as good as its seed. */
export function drawPrivateKey(rng: Rng): PrivateKey {
  let entropy = '';
  while (entropy.length < 2 * SIZE) entropy += rng.int(16).toString(16);
  return privateKey(p256Secret(BigInt(`0x${entropy}`)));
}

/** `EC PRIVATE KEY`, as openssl and kubeadm write it. */
export function writePrivateKey({ secret, point }: PrivateKey): string {
  const bytes = writeDer(
    derTags.sequence,
    writeInteger(1n),
    writeDer(derTags.octetString, bigIntToBytes(secret, SIZE)),
    writeDer(0xa0, CURVE),
    writeDer(0xa1, writeDer(derTags.bitString, [0], point)),
  );
  return writePem('EC PRIVATE KEY', bytes);
}

/** Reads `EC PRIVATE KEY` and `PRIVATE KEY` (PKCS #8). Throws when the text holds no key on P-256. */
export function readPrivateKey(pem: string): PrivateKey {
  const block = readPem(pem).find(({ type }) => type.endsWith('PRIVATE KEY'));
  if (!block) throw new Error('data does not contain a valid private key');
  const members = derMembers(readDer(block.bytes));
  const inner = block.type === 'PRIVATE KEY' ? members[2] && derMembers(readDer(members[2].content)) : members;
  const secret = inner?.[1];
  if (secret?.tag !== derTags.octetString || secret.content.length !== SIZE)
    throw new Error('no key on the curve P-256');
  return privateKey(bytesToBigInt(secret.content));
}
