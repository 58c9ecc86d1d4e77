/**
 * Secrets.
 * @upstream pkg/registry/core/secret/strategy.go, pkg/apis/core/validation/validation.go
 */
import { type Secret, secrets } from '#engine/api';
import { fieldErrors, isConfigMapKey, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import type { Strategy } from '../strategy.ts';
import { checkFormat, checkImmutable, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { MAX_DATA_BYTES } from './config-map.ts';
import { base64Length, countKeys, decodeBase64, encodeBase64 } from './data-size.ts';
import { goJsonError } from './json-syntax.ts';

/** `stringData` is only a way to write `data`. */
function defaults(secret: Secret): Secret {
  let next = secret.type ? secret : { ...secret, type: 'Opaque' };
  if (next.stringData) {
    const { stringData, ...rest } = next;
    const written = Object.entries(stringData).map(([key, text]) => [key, encodeBase64(text)] as const);
    next = written.length > 0 ? { ...rest, data: { ...rest.data, ...Object.fromEntries(written) } } : rest;
  }
  return next;
}

function checkJson(errors: Errors, data: Secret['data'], key: string): void {
  const path = `data[${key}]`;
  const value = data?.[key];
  if (value === undefined) {
    errors.push(fieldErrors.required(path));
    return;
  }
  const fault = goJsonError(decodeBase64(value));
  if (fault) errors.push(fieldErrors.invalid(path, '<secret contents redacted>', fault));
}

function checkType(errors: Errors, { type, data, metadata }: Secret): void {
  const need = (...keys: readonly string[]) => {
    for (const key of keys) if (data?.[key] === undefined) errors.push(fieldErrors.required(`data[${key}]`));
  };
  switch (type) {
    case 'kubernetes.io/service-account-token':
      if (!metadata.annotations?.['kubernetes.io/service-account.name']) {
        errors.push(fieldErrors.required('metadata.annotations[kubernetes.io/service-account.name]'));
      }
      break;
    case 'kubernetes.io/dockercfg':
      checkJson(errors, data, '.dockercfg');
      break;
    case 'kubernetes.io/dockerconfigjson':
      checkJson(errors, data, '.dockerconfigjson');
      break;
    case 'kubernetes.io/basic-auth':
      if (data?.username === undefined && data?.password === undefined) need('username', 'password');
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data?.['ssh-privatekey']) errors.push(fieldErrors.required('data[ssh-privatekey]'));
      break;
    case 'kubernetes.io/tls':
      need('tls.crt', 'tls.key');
      break;
  }
}

function validate(secret: Secret): Errors {
  const errors: Errors = [];
  let size = 0;
  for (const key in secret.data) {
    checkFormat(errors, `data[${key}]`, key, isConfigMapKey);
    size += base64Length(secret.data[key] as string);
  }
  if (size > MAX_DATA_BYTES) errors.push(fieldErrors.tooLong('data', MAX_DATA_BYTES));
  checkType(errors, secret);
  return errors;
}

const FIXED = 'field is immutable when `immutable` is set';

function validateUpdate(next: Secret, current: Secret): Errors {
  const errors: Errors = [];
  checkImmutable(errors, 'type', next.type, current.type);
  if (current.immutable) {
    if (!next.immutable) errors.push(fieldErrors.forbidden('immutable', FIXED));
    if (!semanticEqual(next.data, current.data)) errors.push(fieldErrors.forbidden('data', FIXED));
  }
  return [...errors, ...validate(next)];
}

const PEM = /-----BEGIN [A-Z0-9 ]+-----\s[\s\S]*?-----END [A-Z0-9 ]+-----/;

/** Whether the pair is a certificate and its key; only that both are PEM is looked at. */
function warnings({ type, data }: Secret): readonly string[] {
  if (type !== 'kubernetes.io/tls') return [];
  if (!PEM.test(decodeBase64(data?.['tls.crt'] ?? ''))) {
    return ['tls: failed to find any PEM data in certificate input'];
  }
  return PEM.test(decodeBase64(data?.['tls.key'] ?? '')) ? [] : ['tls: failed to find any PEM data in key input'];
}

/** @fidelity partial: a TLS pair is only checked to be PEM, so a key that does not fit its certificate brings no warning */
export const secretStrategy: Strategy<Secret> = {
  resource: secrets,
  validateName: nameIsDnsSubdomain,
  defaults,
  validate,
  validateUpdate,
  warnings,
  allowUnconditionalUpdate: true,
  fieldSelectors: { type: (secret) => secret.type ?? '' },
  columns: [
    nameColumn,
    column('Type', 'string', fieldDescription('Secret', 'type'), (o) => o.type ?? ''),
    column('Data', 'string', fieldDescription('Secret', 'data'), (o) => countKeys(o.data)),
    ageColumn,
  ],
};
