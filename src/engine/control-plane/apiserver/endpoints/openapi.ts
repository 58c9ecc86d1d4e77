/** OpenAPI documents. */
import type { HttpRequest, HttpResponse } from '#engine/http';
import type { CatalogueResource } from './resource-facts.ts';

export function openApi(_request: HttpRequest, _catalogue: readonly CatalogueResource[]): HttpResponse | undefined {
  return { status: 404, headers: {} };
}
