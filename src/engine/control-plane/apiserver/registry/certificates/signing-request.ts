/**
 * CertificateSigningRequests: somebody asks for a certificate, somebody approves, a signer signs.
 * @upstream pkg/registry/certificates/certificates/strategy.go, pkg/apis/certificates/validation/validation.go
 */
import {
  type CertificateSigningRequest,
  type CertificateSigningRequestCondition,
  certificateSigningRequests,
} from '#engine/api';
import { type FieldError, fieldErrors, isDns1123Label, isDns1123Subdomain, semanticEqual } from '#engine/apimachinery';
import { CertificateRequestError, parseCertificateRequest, readPem } from '#engine/apimachinery/x509';
import { formatTime, fromBase64 } from '#engine/sim';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { humanDuration } from '../human-duration.ts';
import { withMember } from '../sharing.ts';
import type { RequestContext, Strategy, SubresourceStrategy } from '../strategy.ts';
import type { Errors } from '../validation.ts';

type Csr = CertificateSigningRequest;
type Conditions = readonly CertificateSigningRequestCondition[];

const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const USAGES =
  'any,cert sign,client auth,code signing,content commitment,crl sign,data encipherment,decipher only,digital signature,email protection,encipher only,ipsec end system,ipsec tunnel,ipsec user,key agreement,key encipherment,microsoft sgc,netscape sgc,ocsp signing,s/mime,server auth,signing,timestamping'.split(
    ',',
  );
const MAX_DOMAIN = 253;
const MAX_SIGNER_NAME = MAX_DOMAIN + 1 + (MAX_DOMAIN + 63 + 1);
const MIN_SECONDS = 600;
/** Conditions that stay once they are there, and are only ever True. */
const FINAL = ['Approved', 'Denied', 'Failed'];

const conditionsOf = (csr: Csr | undefined): Conditions => csr?.status?.conditions ?? [];
const ofType = (csr: Csr | undefined, wanted: string) => conditionsOf(csr).filter(({ type }) => type === wanted);
const hasDuplicates = (list: readonly string[]) => new Set(list).size < list.length;

/** `example.com/signer-name`. @upstream pkg/apis/core/validation/validation.go ValidateSignerName */
function checkSignerName(errors: Errors, path: string, name: string): void {
  if (name === '') {
    errors.push(fieldErrors.required(path));
    return;
  }
  const [domain = '', rest, ...more] = name.split('/');
  if (rest === undefined || more.length > 0) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    errors.push(fieldErrors.invalid(path, name, why));
    return;
  }
  if (domain.length > MAX_DOMAIN) errors.push(fieldErrors.tooLong(path, MAX_DOMAIN));
  const labels = domain.split('.');
  checkParts(errors, path, domain, labels, isDns1123Label);
  if (labels.length < 2) {
    const why = 'should be a domain with at least two segments separated by dots';
    errors.push(fieldErrors.invalid(path, domain, why));
  }
  checkParts(errors, path, rest, rest.split('.'), isDns1123Subdomain);
  if (name.length > MAX_SIGNER_NAME) errors.push(fieldErrors.tooLong(path, MAX_SIGNER_NAME));
}

/** The faults of the first part that has any. */
function checkParts(
  errors: Errors,
  path: string,
  whole: string,
  parts: readonly string[],
  format: (text: string) => readonly string[],
): void {
  for (const part of parts) {
    const faults = format(part);
    for (const fault of faults) {
      errors.push(fieldErrors.invalid(path, whole, `validating label ${JSON.stringify(part)}: ${fault}`));
    }
    if (faults.length > 0) return;
  }
}

function requestFault(request: string): string | undefined {
  try {
    parseCertificateRequest(request);
    return undefined;
  } catch (error) {
    if (error instanceof CertificateRequestError) return error.message;
    throw error;
  }
}

function checkUsages(errors: Errors, usages: readonly string[], before: readonly string[] | undefined): void {
  if (usages.length === 0) errors.push(fieldErrors.required('spec.usages'));
  if (before === undefined || before.every((usage) => USAGES.includes(usage))) {
    for (const [i, usage] of usages.entries()) {
      if (!USAGES.includes(usage)) errors.push(fieldErrors.notSupported(`spec.usages[${i}]`, usage, USAGES));
    }
  }
  if (before !== undefined && hasDuplicates(before)) return;
  for (const [i, usage] of usages.entries()) {
    if (usages.indexOf(usage) < i) errors.push(fieldErrors.duplicate(`spec.usages[${i}]`, usage));
  }
}

/** What stored objects are allowed to have wrong already stays allowed. */
function checkConditions(errors: Errors, conditions: Conditions, before: Csr | undefined): void {
  const known = conditionsOf(before).map(({ type }) => type ?? '');
  const mayBeBoth = known.includes('Approved') && known.includes('Denied');
  const seen = new Set<string>();
  for (const [i, { type = '', status = '' }] of conditions.entries()) {
    const path = `status.conditions[${i}]`;
    if (type === '' && !known.includes('')) errors.push(fieldErrors.required(`${path}.type`));
    const allowed = FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (status === '') errors.push(fieldErrors.required(`${path}.status`));
    else if (!allowed.includes(status)) errors.push(fieldErrors.notSupported(`${path}.status`, status, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (!mayBeBoth && opposite !== undefined && seen.has(opposite)) {
      const why = 'Approved and Denied conditions are mutually exclusive';
      errors.push(fieldErrors.invalid(`${path}.type`, type, why));
    }
    if (seen.has(type) && !hasDuplicates(known)) errors.push(fieldErrors.duplicate(`${path}.type`, type));
    seen.add(type);
  }
}

function certificateFault(certificate: string): string | undefined {
  if (certificate === '') return undefined;
  const bytes = fromBase64(certificate);
  const blocks = bytes ? readPem(new TextDecoder().decode(bytes)) : [];
  for (const { type, hasHeaders } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    if (hasHeaders) return 'no PEM block headers are permitted';
  }
  return blocks.length === 0 ? 'must contain one or more CERTIFICATE PEM blocks' : undefined;
}

function checkCsr(csr: Csr, before: Csr | undefined): Errors {
  const errors: Errors = [];
  const { request = '', usages = [], signerName = '', expirationSeconds } = csr.spec ?? {};
  const fault = requestFault(request);
  if (fault) errors.push(fieldErrors.invalid('spec.request', request, fault));
  checkUsages(errors, usages, before?.spec?.usages);
  if (signerName === LEGACY_SIGNER && before?.spec?.signerName !== LEGACY_SIGNER) {
    const why = 'the legacy signerName is not allowed via this API version';
    errors.push(fieldErrors.invalid('spec.signerName', signerName, why));
  } else checkSignerName(errors, 'spec.signerName', signerName);
  if (expirationSeconds !== undefined && expirationSeconds < MIN_SECONDS) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(fieldErrors.invalid('spec.expirationSeconds', expirationSeconds, why));
  }
  checkConditions(errors, conditionsOf(csr), before);
  const certificate = csr.status?.certificate ?? '';
  const stored = before?.status?.certificate ?? '';
  if (before === undefined || (certificate !== stored && certificateFault(stored) === undefined)) {
    const bad = certificateFault(certificate);
    if (bad) errors.push(fieldErrors.invalid('status.certificate', '<certificate data>', bad));
  }
  return errors;
}

/** @param may what this way of writing may change besides metadata */
function checkUpdate(next: Csr, current: Csr, may: 'nothing' | 'certificate' | 'approval'): readonly FieldError[] {
  const errors = checkCsr(next, current);
  for (const type of FINAL) {
    if (ofType(next, type).length >= ofType(current, type).length) continue;
    errors.push(fieldErrors.forbidden('status.conditions', `updates may not remove a condition of type "${type}"`));
  }
  if (may !== 'approval') {
    for (const type of ['Approved', 'Denied']) {
      const [before, after] = [ofType(current, type), ofType(next, type)];
      const verb = after.length > before.length ? 'add' : 'modify';
      if (after.length < before.length || (verb === 'modify' && semanticEqual(before, after))) continue;
      errors.push(fieldErrors.forbidden('status.conditions', `updates may not ${verb} a condition of type "${type}"`));
    }
  }
  const [stored = '', certificate = ''] = [current.status?.certificate, next.status?.certificate];
  if (stored !== certificate) {
    const why =
      may !== 'certificate'
        ? 'updates may not set certificate content'
        : stored === ''
          ? undefined
          : 'updates may not modify existing certificate content';
    if (why) errors.push(fieldErrors.forbidden('status.certificate', why));
  }
  return errors;
}

/** Times that the client left out. */
function withTimes(next: Csr, current: Csr, { world }: RequestContext): Csr {
  const conditions = next.status?.conditions;
  if (!conditions) return next;
  const now = formatTime(world.clock.now());
  const timed = conditions.map((condition) => {
    const same = conditionsOf(current).find(
      (one) => one.type === condition.type && one.status === condition.status && one.lastTransitionTime,
    );
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? now,
    };
  });
  return { ...next, status: { ...next.status, conditions: timed } };
}

const status: SubresourceStrategy<Csr> = {
  prepareForUpdate: (next, current, context) => withTimes(withMember(next, 'spec', current.spec), current, context),
  validateUpdate: (next, current) => checkUpdate(next, current, 'certificate'),
};

const approval: SubresourceStrategy<Csr> = {
  prepareForUpdate: (next, current, context) => {
    const timed = withTimes(withMember(next, 'spec', current.spec), current, context);
    return { ...timed, status: withMember(timed.status ?? {}, 'certificate', current.status?.certificate) };
  },
  validateUpdate: (next, current) => checkUpdate(next, current, 'approval'),
};

/** Who asked is what authentication found out, not what the client says. */
function prepareForCreate(csr: Csr, { user }: RequestContext): Csr {
  const { username: _, uid: __, groups: ___, extra: ____, ...asked } = csr.spec ?? { request: '', signerName: '' };
  const { username, uid, groups, extra } = user;
  const spec = {
    ...asked,
    ...(username && { username }),
    ...(uid && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(extra && Object.keys(extra).length > 0 && { extra }),
  };
  return { ...csr, spec, status: {} };
}

/** `Approved,Issued`. @upstream pkg/printers/internalversion/printers.go extractCSRStatus */
function conditionText(csr: Csr): string {
  const has = (type: string) => ofType(csr, type).length > 0;
  const text = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  const failed = has('Failed') ? ',Failed' : '';
  return `${text}${failed}${csr.status?.certificate ? ',Issued' : ''}`;
}

const SIGNER_NAME_TEXT =
  'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, it will be defaulted:\n 1. If it\'s a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using `spec.signerName`.';

/** @fidelity partial: signatures other than RSA with SHA-256 are not verified */
export const certificateSigningRequestStrategy: Strategy<Csr> = {
  resource: certificateSigningRequests,
  shortNames: ['csr'],
  validateName: () => [],
  prepareForCreate,
  prepareForUpdate: (next, current) => withMember(withMember(next, 'spec', current.spec), 'status', current.status),
  validate: (csr) => checkCsr(csr, undefined),
  validateUpdate: (next, current) => checkUpdate(next, current, 'nothing'),
  allowUnconditionalUpdate: true,
  fieldSelectors: { 'spec.signerName': ({ spec }) => spec?.signerName ?? '' },
  status,
  subresources: { approval },
  columns: [
    nameColumn,
    ageColumn,
    column('SignerName', 'string', SIGNER_NAME_TEXT, (o) => o.spec?.signerName || NONE),
    column('Requestor', 'string', 'Base64-encoded PKCS#10 CSR data', (o) => o.spec?.username ?? ''),
    column(
      'RequestedDuration',
      'string',
      fieldDescription('CertificateSigningRequestSpec', 'expirationSeconds'),
      ({ spec }) => (spec?.expirationSeconds === undefined ? NONE : humanDuration(spec.expirationSeconds * 1000)),
    ),
    column('Condition', 'string', 'Conditions applied to the request, such as approval or denial.', conditionText),
  ],
};
