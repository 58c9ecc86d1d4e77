/** Reading a body whole, whatever coat it came in. */
import type { Body } from './message.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export async function bodyBytes(body: Body | undefined): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  if (body.kind === 'bytes') return body.bytes;
  if (body.kind !== 'stream') return encoder.encode(await bodyText(body));
  const parts: Uint8Array[] = [];
  const collect = (frame: unknown) => {
    parts.push(frame instanceof Uint8Array ? frame : encoder.encode(`${JSON.stringify(frame)}\n`));
  };
  await (body.frames as { forEach(take: (frame: unknown) => void): Promise<void> }).forEach(collect);
  return concat(parts);
}

export async function bodyText(body: Body | undefined): Promise<string> {
  if (!body) return '';
  if (body.kind === 'text') return body.text;
  if (body.kind === 'json') return JSON.stringify(body.value);
  return decoder.decode(await bodyBytes(body));
}

/** The JSON value of a body. Throws SyntaxError when it is not JSON. */
export async function bodyJson(body: Body | undefined): Promise<unknown> {
  return body?.kind === 'json' ? body.value : JSON.parse(await bodyText(body));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
