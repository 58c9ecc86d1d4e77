/** PEM: bytes as text between BEGIN and END. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly hasHeaders: boolean;
}

const BLOCK = /-----BEGIN ([^-\n]*)-----[ \t\r]*\n([\s\S]*?)\n?-----END \1-----[ \t\r]*(?:\n|$)/g;
const HEADER = /^[^:\n]+: [^\n]*\n/m;

/** The text that base64 stands for, one character a byte; undefined when it is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bare = text.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(bare) || bare.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(bare), (character) => character.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

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
