/** A watch over a real wire: one JSON value per line. */
import { Pipe, type Source } from '#engine/http';

/** Decodes newline-delimited JSON. Cancelling the result cancels the bytes below. */
export function jsonLines(bytes: Source<Uint8Array>): Source<unknown> {
  const decoder = new TextDecoder();
  const frames = new Pipe<unknown>();
  let rest = '';
  frames.onBroken(() => bytes.cancel());
  bytes
    .forEach((chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') frames.push(JSON.parse(line));
    })
    .then(
      () => frames.close(),
      (error: unknown) => frames.close(error instanceof Error ? error : new Error(String(error))),
    );
  return frames;
}
