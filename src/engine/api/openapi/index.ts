/** OpenAPI documents of Kubernetes 1.36 with every description: a second door of this room, for what is loaded only when asked for. */
export { protobufNumbers } from '../facts/protobuf/protobuf-facts.ts';
export { openApiV2, openApiV3Documents, openApiV3Group } from './documents.ts';
export type { OpenApiResource, OpenApiSubresource } from './operations.ts';
export { encodeOpenApiV2, OPENAPI_V2_PROTOBUF } from './protobuf.ts';
