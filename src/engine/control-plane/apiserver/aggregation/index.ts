/** What a server needs only when Services of the cluster answer for groups, or when somebody asks for OpenAPI: loaded then. */
export { serveOpenApi } from '../endpoints/openapi.ts';
export { examine, setAvailable } from './availability.ts';
export { proxyToService } from './front-proxy.ts';
