/**
 * Namespaces.
 * @upstream pkg/registry/core/namespace/strategy.go
 */
import { type Namespace, namespaces } from '#engine/api';
import { type FieldError, fieldErrors } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkFormat, checkQualifiedName, type Errors, nameIsDnsLabel } from '../validation.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const KUBERNETES = 'kubernetes';
/** Finalizers without a domain that upstream knows. */
const STANDARD_FINALIZERS = [KUBERNETES, 'orphan', 'foregroundDeletion'];

/** Every Namespace carries its name as a label, so that selectors can name it. */
function labelled(namespace: Namespace): Namespace {
  const { metadata } = namespace;
  if (!metadata.name || metadata.labels?.[NAME_LABEL] === metadata.name) return namespace;
  return { ...namespace, metadata: { ...metadata, labels: { ...metadata.labels, [NAME_LABEL]: metadata.name } } };
}

function defaults(namespace: Namespace): Namespace {
  const next = labelled(namespace);
  if (next.spec && next.status?.phase) return next;
  return { ...next, spec: next.spec ?? {}, status: { ...next.status, phase: next.status?.phase || 'Active' } };
}

function prepareForCreate(namespace: Namespace): Namespace {
  const finalizers = namespace.spec.finalizers ?? [];
  const kept = finalizers.includes(KUBERNETES) ? finalizers : [...finalizers, KUBERNETES];
  return labelled({ ...namespace, spec: { ...namespace.spec, finalizers: kept }, status: { phase: 'Active' } });
}

const prepareForUpdate = (next: Namespace, current: Namespace): Namespace =>
  labelled({ ...next, spec: current.spec, status: current.status });

function checkFinalizer(errors: Errors, path: string, name: string): void {
  checkQualifiedName(errors, path, name);
  if (!name.includes('/') && !STANDARD_FINALIZERS.includes(name)) {
    errors.push(fieldErrors.invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
}

const LEVELS = ['privileged', 'baseline', 'restricted'];
const VERSION = /^v1\.([0-9]|[1-9][0-9]+)$/;

/**
 * The labels of Pod Security must make sense.
 * @upstream staging/src/k8s.io/pod-security-admission/api/helpers.go
 */
function checkPodSecurityLabels(errors: Errors, labels: { readonly [key: string]: string } | undefined): void {
  for (const mode of ['enforce', 'audit', 'warn']) {
    const key = `pod-security.kubernetes.io/${mode}`;
    const level = labels?.[key];
    const version = labels?.[`${key}-version`];
    checkFormat(errors, `metadata.labels[${key}]`, level ?? 'privileged', (text) =>
      LEVELS.includes(text) ? [] : [`must be one of ${LEVELS.join(', ')}`],
    );
    checkFormat(errors, `metadata.labels[${key}-version]`, version ?? 'latest', (text) =>
      text === 'latest' || VERSION.test(text) ? [] : ['must be "latest" or "v1.x"'],
    );
  }
}

function validate(namespace: Namespace): readonly FieldError[] {
  const errors: Errors = [];
  checkPodSecurityLabels(errors, namespace.metadata.labels);
  for (const name of namespace.spec?.finalizers ?? []) checkFinalizer(errors, 'spec.finalizers', name);
  return errors;
}

function validateUpdate(next: Namespace): readonly FieldError[] {
  const errors: Errors = [];
  checkPodSecurityLabels(errors, next.metadata.labels);
  return errors;
}

const status: SubresourceStrategy<Namespace> = {
  prepareForUpdate: (next, current) => labelled({ ...next, spec: current.spec }),
  validateUpdate: ({ metadata, status: { phase = '' } }) => {
    const expected = metadata.deletionTimestamp ? 'Terminating' : 'Active';
    if (phase === expected) return [];
    const when = metadata.deletionTimestamp ? 'is not empty' : 'is empty';
    return [fieldErrors.invalid('status.Phase', phase, `may only be '${expected}' if \`deletionTimestamp\` ${when}`)];
  },
};

/** How the namespace controller lets a Namespace go: it takes the finalizer from its spec. */
const finalize: SubresourceStrategy<Namespace> = {
  prepareForUpdate: (next, current) => labelled({ ...next, status: current.status }),
  validateUpdate: ({ spec }) => {
    const errors: Errors = [];
    for (const [i, name] of (spec.finalizers ?? []).entries()) checkFinalizer(errors, `spec.finalizers[${i}]`, name);
    return errors;
  },
};

/** @fidelity full */
export const namespaceStrategy: Strategy<Namespace> = {
  resource: namespaces,
  shortNames: ['ns'],
  validateName: nameIsDnsLabel,
  defaults,
  prepareForCreate,
  prepareForUpdate,
  validate,
  validateUpdate,
  status,
  subresources: { finalize },
  allowUnconditionalUpdate: true,
  fieldSelectors: { 'status.phase': ({ status: { phase } }) => phase ?? '' },
  columns: [
    nameColumn,
    column('Status', 'string', 'The status of the namespace', (o) => o.status.phase ?? ''),
    ageColumn,
  ],
};
