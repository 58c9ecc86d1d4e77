/**
 * Ingresses: which requests from outside reach which Service.
 * @upstream pkg/registry/networking/ingress/strategy.go, pkg/apis/networking/validation/validation.go
 */
import { type HTTPIngressPath, type Ingress, type IngressBackend, type IngressRule, ingresses } from '#engine/api';
import {
  fieldErrors,
  isDns1123Subdomain,
  isValidIp,
  isValidPortName,
  parseIp,
  semanticEqual,
} from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { ipWarnings } from '../core/ip-warnings.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkDnsLabel, checkDnsSubdomain, checkFormat, checkPortNum, type Errors } from '../validation.ts';
import { checkLocalReference } from './ingress-class.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const NO_STATUS = Object.freeze({ loadBalancer: Object.freeze({}) });
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const NOT_AN_IP = 'must be a DNS name, not an IP address';
const BAD_ENDS = ['/..', '/.'];

const WILDCARD = `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;

const isWildcardSubdomain = (text: string): readonly string[] =>
  text.startsWith('*.') && isDns1123Subdomain(text.slice(2)).length === 0 ? [] : [WILDCARD];

const checkHost = (errors: Errors, path: string, host: string): void =>
  checkFormat(errors, path, host, host.includes('*') ? isWildcardSubdomain : isDns1123Subdomain);

function checkBackend(errors: Errors, path: string, { service, resource }: IngressBackend): void {
  if (service && resource) {
    errors.push(fieldErrors.invalid(path, '', 'cannot set both resource and service backends'));
    return;
  }
  if (resource) checkLocalReference(errors, `${path}.resource`, resource);
  else if (!service) errors.push(fieldErrors.invalid(path, '', 'resource or service backend is required'));
  if (!service) return;
  const { name = '', port = {} } = service;
  if (name === '') errors.push(fieldErrors.required(`${path}.service.name`));
  else checkDnsLabel(errors, `${path}.service.name`, name);
  if (port.name && port.number) {
    errors.push(fieldErrors.invalid(path, '', 'cannot set both port name & port number'));
  } else if (port.name) checkFormat(errors, `${path}.service.port.name`, port.name, isValidPortName);
  else if (port.number) checkPortNum(errors, `${path}.service.port.number`, port.number);
  else errors.push(fieldErrors.required(path, 'port name or number is required'));
}

function checkPath(errors: Errors, at: string, { path = '', pathType, backend = {} }: HTTPIngressPath): void {
  if (!pathType) {
    errors.push(fieldErrors.required(`${at}.pathType`, 'pathType must be specified'));
    return;
  }
  const invalid = (why: string) => errors.push(fieldErrors.invalid(`${at}.path`, path, why));
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) invalid('must be an absolute path');
    for (const text of BAD_SEQUENCES) if (path.includes(text)) invalid(`must not contain '${text}'`);
    for (const text of BAD_ENDS) if (path.endsWith(text)) invalid(`cannot end with '${text}'`);
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) invalid('must be an absolute path');
  } else errors.push(fieldErrors.notSupported(`${at}.pathType`, pathType, PATH_TYPES));
  checkBackend(errors, `${at}.backend`, backend);
}

function checkRule(errors: Errors, at: string, { host = '', http }: IngressRule): void {
  if (host !== '') {
    if (parseIp(host)) errors.push(fieldErrors.invalid(`${at}.host`, host, NOT_AN_IP));
    checkHost(errors, `${at}.host`, host);
  }
  if (!http) return;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.push(fieldErrors.required(`${at}.http.paths`));
  for (const [i, path] of paths.entries()) checkPath(errors, `${at}.http.paths[${i}]`, path);
}

function validate({ spec = {} }: Ingress): Errors {
  const errors: Errors = [];
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend) {
    errors.push(fieldErrors.invalid('spec', spec.rules, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend) checkBackend(errors, 'spec.defaultBackend', defaultBackend);
  for (const [i, rule] of rules.entries()) checkRule(errors, `spec.rules[${i}]`, rule);
  for (const [i, { hosts = [], secretName = '' }] of tls.entries()) {
    for (const [j, host] of hosts.entries()) checkHost(errors, `spec.tls[${i}].hosts[${j}]`, host);
    if (secretName !== '') checkDnsSubdomain(errors, `spec.tls[${i}].secretName`, secretName);
  }
  if (ingressClassName !== undefined) checkDnsSubdomain(errors, 'spec.ingressClassName', ingressClassName);
  return errors;
}

/** On creation the old annotation and the field must agree. */
function validateCreate(ingress: Ingress): Errors {
  const errors = validate(ingress);
  const annotation = ingress.metadata.annotations?.[CLASS_ANNOTATION];
  const wanted = ingress.spec?.ingressClassName;
  if (annotation !== undefined && wanted !== undefined && annotation !== wanted) {
    const why = 'must match `ingressClassName` when both are specified';
    errors.push(fieldErrors.invalid(`annotations.${CLASS_ANNOTATION}`, annotation, why));
  }
  return errors;
}

const DEPRECATED = `annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`;

const status: SubresourceStrategy<Ingress> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: ({ status: { loadBalancer = {} } = {} }) => {
    const errors: Errors = [];
    for (const [i, { ip, hostname }] of (loadBalancer.ingress ?? []).entries()) {
      const at = `status.loadBalancer.ingress[${i}]`;
      if (ip) checkFormat(errors, `${at}.ip`, ip, isValidIp);
      if (!hostname) continue;
      checkDnsSubdomain(errors, `${at}.hostname`, hostname);
      if (parseIp(hostname)) errors.push(fieldErrors.invalid(`${at}.hostname`, hostname, NOT_AN_IP));
    }
    return errors;
  },
  warnings: ({ status: { loadBalancer = {} } = {} }) =>
    (loadBalancer.ingress ?? []).flatMap(({ ip }, i) =>
      ip ? ipWarnings(`status.loadBalancer.ingress[${i}].ip`, ip) : [],
    ),
};

const SHOWN = 3;

/** The first three hosts, and how many more there are; `*` for a rule without one. */
function hostsOf({ spec }: Ingress): string {
  const hosts = (spec?.rules ?? []).map(({ host }) => host || '*');
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, SHOWN).join(',');
  return hosts.length > SHOWN ? `${shown} + ${hosts.length - SHOWN} more...` : shown;
}

const addressOf = ({ status: { loadBalancer = {} } = {} }: Ingress): string =>
  (loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').join(',');

/** @fidelity full */
export const ingressStrategy: Strategy<Ingress> = {
  resource: ingresses,
  shortNames: ['ing'],
  prepareForCreate: (ingress) => withMember(ingress, 'status', NO_STATUS),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate: validateCreate,
  validateUpdate: validate,
  warnings: ({ metadata, spec }, current) =>
    !current && metadata.annotations?.[CLASS_ANNOTATION] !== undefined && spec?.ingressClassName === undefined
      ? [DEPRECATED]
      : [],
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column(
      'Class',
      'string',
      'The name of the IngressClass resource that should be used for additional configuration',
      (o) => o.spec?.ingressClassName ?? o.metadata.annotations?.[CLASS_ANNOTATION] ?? NONE,
    ),
    column('Hosts', 'string', 'Hosts that incoming requests are matched against before the ingress rule', hostsOf),
    column('Address', 'string', 'Address is a list containing ingress points for the load-balancer', addressOf),
    column('Ports', 'string', 'Ports of TLS configurations that open', (o) => (o.spec?.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
};
