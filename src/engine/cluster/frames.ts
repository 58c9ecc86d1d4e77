/** Frames of streams as the journal keeps them. */
import type { ChannelFrame } from '#engine/http';
import type { RecordedFrame } from './input.ts';

const CHUNK = 8192;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(text);
}

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

export function recordFrame(frame: unknown): RecordedFrame {
  if (frame instanceof Uint8Array) return { data: toBase64(frame) };
  const { channel, data } = frame as Partial<ChannelFrame>;
  if (typeof channel === 'number' && data instanceof Uint8Array) return { data: toBase64(data), channel };
  return { json: frame };
}

export function playFrame(frame: RecordedFrame): unknown {
  if ('json' in frame) return frame.json;
  const data = fromBase64(frame.data);
  return frame.channel === undefined ? data : { channel: frame.channel, data };
}
