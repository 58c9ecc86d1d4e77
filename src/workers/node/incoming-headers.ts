/** Node's header object as ours: one text per lower-case name. */
import type { IncomingMessage } from 'node:http';
import type { Headers } from '#engine/http';

export function headersOf(incoming: IncomingMessage): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
