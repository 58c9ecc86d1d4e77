/** Errors that are no API errors upstream either: a Status with a code and a message but no reason. */
import { type Status, StatusError } from '#engine/apimachinery';

/** @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/status.go ErrorToAPIStatus */
export function plainError(message: string, code = 500): StatusError {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
  return new StatusError(status);
}

/** What go-restful's own refusals look like: a reason by code and empty details. */
function generic(code: number, reason: string, message: string): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: {},
    code,
  });
}

export const unknownResource = () => generic(404, 'NotFound', 'the server could not find the requested resource');
export const methodNotAllowed = () =>
  generic(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
export const notAcceptableRoute = (types: readonly string[]) =>
  generic(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`);
export const unsupportedMediaTypeRoute = () => generic(415, 'UnsupportedMediaType', '415: Unsupported Media Type');
