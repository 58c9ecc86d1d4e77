/**
 * AdmissionReview: the question, and what makes an answer valid.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/request/admissionreview.go
 */
import { failure, type JsonPatchOperation, type KubeObject, type Status, type StatusError } from '#engine/apimachinery';
import { fromBase64 } from '#engine/sim';
import type { Subject } from '../policy/evaluation.ts';
import { WebhookCallError } from './client.ts';

/** An answer that has been looked through. */
export interface Verdict {
  readonly allowed: boolean;
  readonly status: Status | undefined;
  readonly patch: readonly JsonPatchOperation[] | undefined;
  readonly warnings: readonly string[];
  readonly annotations: { readonly [key: string]: string };
}

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions', CONNECT: '' } as const;

/** The kind of an object: of a subresource, its own. */
export function gvkOf({ apiVersion = '', kind }: KubeObject): { group: string; version: string; kind: string } {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { group, version, kind };
}

/** The question about one request. */
export function admissionReview({ attributes, matched }: Subject, uid: string, version: string): object {
  const { operation, resource, subresource, namespace, name, user, dryRun, object, oldObject } = attributes;
  const subject = object ?? oldObject;
  const kindOf = (one: typeof resource, shown: KubeObject | undefined) =>
    shown?.kind ? gvkOf(shown) : { group: one.group, version: one.version, kind: one.kind };
  const resourceOf = (one: typeof resource) => ({ group: one.group, version: one.version, resource: one.plural });
  const options = OPTIONS[operation];
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid,
      kind: kindOf(matched.resource, subject && matched.show(subject)),
      resource: resourceOf(matched.resource),
      ...(subresource !== '' && { subResource: subresource }),
      requestKind: kindOf(resource, subject),
      requestResource: resourceOf(resource),
      ...(subresource !== '' && { requestSubResource: subresource }),
      ...(name !== '' && { name }),
      ...(namespace !== '' && { namespace }),
      operation,
      userInfo: {
        username: user.username,
        ...(user.uid && { uid: user.uid }),
        groups: user.groups,
        ...(user.extra && { extra: user.extra }),
      },
      object: object ? matched.show(object) : null,
      oldObject: oldObject ? matched.show(oldObject) : null,
      dryRun,
      options: options === '' ? null : { kind: options, apiVersion: 'meta.k8s.io/v1' },
    },
  };
}

interface Answer {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly response?: {
    readonly uid?: string;
    readonly allowed?: boolean;
    readonly status?: Status;
    readonly patch?: string;
    readonly patchType?: string;
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: { readonly [key: string]: string };
  };
}

const invalid = (why: string) => new WebhookCallError(`received invalid webhook response: ${why}`);

function shownKind({ kind, apiVersion }: Answer): string {
  const [version = '', group = ''] = String(apiVersion ?? '')
    .split('/')
    .toReversed();
  return `${group}/${version}, Kind=${String(kind ?? '')}`;
}

/** Reads an answer. Throws WebhookCallError. */
export function readReview(answer: unknown, uid: string, version: string, mutating: boolean): Verdict {
  const review = (typeof answer === 'object' && answer !== null ? answer : {}) as Answer;
  const { response } = review;
  if (!response) throw invalid('webhook response was absent');
  const { allowed = false, status, patch, patchType, warnings = [], auditAnnotations = {} } = response;
  if (version === 'v1') {
    if (response.uid !== uid)
      throw invalid(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`);
    const expected = 'admission.k8s.io/v1, Kind=AdmissionReview';
    if (shownKind(review) !== expected)
      throw invalid(`expected webhook response of ${expected}, got ${shownKind(review)}`);
    if (mutating && patch && !patchType) throw invalid('webhook returned response.patch but not response.patchType');
    if (mutating && !patch && patchType) throw invalid('webhook returned response.patchType but not response.patch');
    if (mutating && patchType && patchType !== 'JSONPatch')
      throw invalid(`webhook returned invalid response.patchType of ${JSON.stringify(patchType)}`);
    if (!mutating && patch) throw invalid('validating webhook may not return response.patch');
    if (!mutating && patchType) throw invalid('validating webhook may not return response.patchType');
  }
  return {
    allowed,
    status,
    patch: mutating && patch ? patchOf(patch) : undefined,
    warnings,
    annotations: auditAnnotations,
  };
}

function patchOf(encoded: string): readonly JsonPatchOperation[] {
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64(encoded))) as readonly JsonPatchOperation[];
  } catch {
    throw invalid('webhook returned response.patch that is not a JSON patch');
  }
}

/** The refusal that a webhook wants. @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go */
export function denial(name: string, status: Status | undefined): StatusError {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`;
  const code = status?.code !== undefined && status.code >= 400 ? status.code : 400;
  const why = status?.message || status?.reason;
  return failure(code, why ? `${by}: ${why}` : `${by} without explanation`, status?.reason, status?.details);
}
