/** Frames of streams as the journal keeps them. */
import type { ChannelFrame } from '#engine/http';
import { fromBase64, toBase64 } from '#engine/sim';
import type { RecordedFrame } from './input.ts';

/** Bytes of a recording, which were written by us. */
export const recordedBytes = (base64: string): Uint8Array => fromBase64(base64) ?? new Uint8Array();

export function recordFrame(frame: unknown): RecordedFrame {
  if (frame instanceof Uint8Array) return { data: toBase64(frame) };
  const { channel, data } = frame as Partial<ChannelFrame>;
  if (typeof channel === 'number' && data instanceof Uint8Array) return { data: toBase64(data), channel };
  return { json: frame };
}

export function playFrame(frame: RecordedFrame): unknown {
  if ('json' in frame) return frame.json;
  const data = recordedBytes(frame.data);
  return frame.channel === undefined ? data : { channel: frame.channel, data };
}
