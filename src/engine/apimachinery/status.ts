/** Errors that cross the API: a Status with upstream's reason, code and words. */
import type { FieldError } from './field-error.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never> | { readonly resourceVersion?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** A refusal by the API server, thrown on the server's side and again on the client's. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  constructor(readonly status: Status) {
    super(status.message);
  }

  get reason(): string {
    return this.status.reason ?? '';
  }

  get code(): number {
    return this.status.code ?? 500;
  }
}

export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** `deployments.apps`, or `pods` in the core group. */
export const groupResourceName = ({ group, resource }: GroupResource): string =>
  group ? `${resource}.${group}` : resource;

/** A Failure of any kind. Without a reason it is no API error upstream either, only an error on its way out. */
export function failure(code: number, message: string, reason?: string, details?: StatusDetails): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason && { reason }),
    ...(details && { details }),
    code,
  });
}

const about = (resource: GroupResource, name: string): StatusDetails => ({
  ...(name && { name }),
  ...(resource.group && { group: resource.group }),
  kind: resource.resource,
});

/**
 * The errors of upstream's apimachinery, by upstream's names.
 * @upstream staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
 */
export const statusErrors = {
  notFound: (resource: GroupResource, name: string) =>
    failure(404, `${groupResourceName(resource)} "${name}" not found`, 'NotFound', about(resource, name)),
  alreadyExists: (resource: GroupResource, name: string) =>
    failure(409, `${groupResourceName(resource)} "${name}" already exists`, 'AlreadyExists', about(resource, name)),
  conflict: (resource: GroupResource, name: string, why: string) =>
    failure(
      409,
      `Operation cannot be fulfilled on ${groupResourceName(resource)} "${name}": ${why}`,
      'Conflict',
      about(resource, name),
    ),
  forbidden: (resource: GroupResource, name: string, why: string) =>
    failure(
      403,
      resource.resource === ''
        ? `forbidden: ${why}`
        : name
          ? `${groupResourceName(resource)} "${name}" is forbidden: ${why}`
          : `${groupResourceName(resource)} is forbidden: ${why}`,
      'Forbidden',
      about(resource, name),
    ),
  badRequest: (why: string) => failure(400, why, 'BadRequest'),
  unauthorized: () => failure(401, 'Unauthorized', 'Unauthorized'),
  gone: (message: string) => failure(410, message, 'Gone'),
  expired: (message: string) => failure(410, message, 'Expired'),
  internal: (why: string) =>
    failure(500, `Internal error occurred: ${why}`, 'InternalError', { causes: [{ message: why }] }),
  methodNotSupported: (resource: GroupResource, action: string) =>
    failure(
      405,
      `${action} is not supported on resources of kind "${groupResourceName(resource)}"`,
      'MethodNotAllowed',
      about(resource, ''),
    ),
  unsupportedMediaType: (message: string) => failure(415, message, 'UnsupportedMediaType'),
  notAcceptable: (message: string) => failure(406, message, 'NotAcceptable'),
  tooManyRequests: (message: string, retryAfterSeconds: number, causes?: readonly StatusCause[]) =>
    failure(429, message, 'TooManyRequests', {
      ...(causes && { causes }),
      ...(retryAfterSeconds > 0 && { retryAfterSeconds }),
    }),
  timeout: (message: string, retryAfterSeconds: number) => failure(504, message, 'Timeout', { retryAfterSeconds }),
  serviceUnavailable: (message: string) => failure(503, message, 'ServiceUnavailable'),
  invalid: (
    kind: { readonly group: string; readonly kind: string },
    name: string,
    errors: readonly FieldError[],
  ): StatusError => {
    const causes = errors.map((error) => ({ reason: error.type, message: error.body, field: error.field }));
    const texts = [...new Set(errors.map((error) => `${error.field}: ${error.body}`))];
    const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    const qualified = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
    return failure(422, `${qualified} "${name}" is invalid: ${list}`, 'Invalid', {
      ...(name && { name }),
      ...(kind.group && { group: kind.group }),
      ...(kind.kind && { kind: kind.kind }),
      causes,
    });
  },
} as const;

export const isNotFound = (error: unknown): error is StatusError => hasReason(error, 'NotFound');
export const isAlreadyExists = (error: unknown): error is StatusError => hasReason(error, 'AlreadyExists');
export const isConflict = (error: unknown): error is StatusError => hasReason(error, 'Conflict');

const hasReason = (error: unknown, reason: string) => error instanceof StatusError && error.reason === reason;
