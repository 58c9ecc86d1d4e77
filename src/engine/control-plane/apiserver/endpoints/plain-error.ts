/** Errors that are no API errors upstream either: a Status with a code and a message but no reason. */
import { failure, type StatusError } from '#engine/apimachinery';

/** @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/status.go ErrorToAPIStatus */
export const plainError = (message: string, code = 500): StatusError => failure(code, message);

/** What go-restful's own refusals look like: a reason by code and empty details. */
const generic = (code: number, reason: string, message: string): StatusError => failure(code, message, reason, {});

export const unknownResource = () => generic(404, 'NotFound', 'the server could not find the requested resource');
export const methodNotAllowed = () =>
  generic(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
export const notAcceptableRoute = (types: readonly string[]) =>
  generic(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`);
export const unsupportedMediaTypeRoute = () => generic(415, 'UnsupportedMediaType', '415: Unsupported Media Type');
