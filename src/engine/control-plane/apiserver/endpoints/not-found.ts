/** What Go's own router answers for a path nobody serves. */
import type { HttpResponse } from '#engine/http';

export const notFoundPage = (): HttpResponse => ({
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: { kind: 'text', text: '404 page not found\n' },
});
