/** Text in a link: deflated, in base64url. What is read is a stranger's, so it is read within bounds. */
import { fromBase64Url, toBase64Url } from '#engine/sim';

/** Whatever is longer once inflated is no link of ours. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** A fragment longer than this is not even looked at. */
const MAX_PACKED = 2_000_000;

/** Why a link cannot be opened. */
export type LinkProblem = 'broken' | 'too-large' | 'not-ours' | 'newer';

export class LinkError extends Error {
  override readonly name = 'LinkError';
  constructor(
    readonly problem: LinkProblem,
    /** What exactly, for those who want to know. */
    detail: string,
  ) {
    super(detail);
  }
}

export async function pack(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const deflated = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return toBase64Url(new Uint8Array(await new Response(deflated).arrayBuffer()));
}

/** Inflates as long as the text stays within `limit` bytes; a bomb is left half unpacked. Throws LinkError. */
export async function unpack(packed: string, limit = MAX_TEXT_BYTES): Promise<string> {
  if (packed.length > MAX_PACKED) throw new LinkError('too-large', `${packed.length} characters`);
  const bytes = fromBase64Url(packed);
  if (!bytes || !/^[\w-]+$/.test(packed)) throw new LinkError('broken', 'not base64url');
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // What goes wrong while writing is seen by the reader.
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > limit) throw new LinkError('too-large', `more than ${limit} bytes`);
      text += decoder.decode(part.value, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError('broken', error instanceof Error ? error.message : String(error));
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
