/** The server itself, in a chunk of its own: it comes when its container starts. What others ask about requests and rules is the room's own door. */
export { type ApiServer, createApiServer } from '../server.ts';
