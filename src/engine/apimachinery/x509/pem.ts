/** PEM: bytes as text between BEGIN and END. */
import { fromBase64, toBase64 } from '#engine/sim';

export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly hasHeaders: boolean;
}

const BLOCK = /-----BEGIN ([^-\n]*)-----[ \t\r]*\n([\s\S]*?)\n?-----END \1-----[ \t\r]*(?:\n|$)/g;
const HEADER = /^[^:\n]+: [^\n]*\n/m;

/** Every block of a text; what lies between them is skipped, as Go does. */
export function readPem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, type = '', body = ''] of text.matchAll(BLOCK)) {
    const hasHeaders = HEADER.test(body);
    const bytes = fromBase64(hasHeaders ? (body.split(/\n\r?\n/)[1] ?? '') : body.replace(/[ \t]/g, ''));
    if (bytes) blocks.push({ type, bytes, hasHeaders });
  }
  return blocks;
}

/** One block, in lines of 64 characters. */
export function writePem(type: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ''].join('\n');
}
