/** Node's header object as ours: one text per lower-case name. */
import type { IncomingMessage } from 'node:http';
import type { Headers } from '#engine/http';

/** Values of repeated headers are joined by commas; those of impersonation, which may hold commas themselves, by line ends. */
export function headersOf(incoming: IncomingMessage): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value === undefined) continue;
    if (name.startsWith('impersonate-')) headers[name] = (incoming.headersDistinct[name] ?? []).join('\n');
    else headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
