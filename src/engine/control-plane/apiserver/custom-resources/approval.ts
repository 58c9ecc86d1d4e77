/** Groups of the project itself need its approval. @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apihelpers/helpers.go */
import { type FieldError, fieldErrors } from '#engine/apimachinery';
import type { Definition } from './schema-props.ts';

const APPROVAL = 'api-approved.kubernetes.io';
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';

export const isProtectedGroup = (group: string): boolean =>
  ['k8s.io', 'kubernetes.io'].some((suffix) => group === suffix || group.endsWith(`.${suffix}`));

export type ApprovalState = 'invalid' | 'approved' | 'bypassed' | 'missing';

/** What the annotation says of a definition, and why. */
export function approvalOf({ metadata }: Definition): readonly [ApprovalState, string] {
  const annotation = metadata.annotations?.[APPROVAL] ?? '';
  const needs = `protected groups must have approval annotation ${JSON.stringify(APPROVAL)}`;
  if (annotation === '') return ['missing', `${needs}, ${SEE}`];
  if (annotation.startsWith('unapproved')) return ['bypassed', `not approved: ${JSON.stringify(annotation)}`];
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]+/.test(annotation)) return ['approved', `approved in ${annotation}`];
  return ['invalid', `${needs} with either a URL or a reason starting with "unapproved", ${SEE}`];
}

export function checkApproval(errors: FieldError[], next: Definition, current: Definition | undefined): void {
  if (!isProtectedGroup(next.spec.group ?? '')) return;
  const [state, why] = approvalOf(next);
  if (current && approvalOf(current)[0] === state) return;
  const at = `metadata.annotations[${APPROVAL}]`;
  if (state === 'missing') errors.push(fieldErrors.required(at, why));
  if (state === 'invalid') errors.push(fieldErrors.invalid(at, next.metadata.annotations?.[APPROVAL], why));
}

export function checkPreserveUnknown(errors: FieldError[], next: Definition, current: Definition | undefined): void {
  if (current?.spec.preserveUnknownFields || !next.spec.preserveUnknownFields) return;
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  errors.push(fieldErrors.invalid('spec.preserveUnknownFields', true, why));
}
