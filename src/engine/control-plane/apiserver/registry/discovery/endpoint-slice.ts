/**
 * EndpointSlices.
 * @upstream pkg/registry/discovery/endpointslice/strategy.go, pkg/apis/discovery/validation/validation.go
 */
import { type DiscoveryV1EndpointPort, type Endpoint, type EndpointSlice, endpointSlices } from '#engine/api';
import {
  fieldErrors,
  isDns1123Label,
  isDns1123Subdomain,
  isValidIp,
  isValidLabelValue,
  parseIp,
  semanticEqual,
} from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { checkNonSpecialIp, PROTOCOLS } from '../core/endpoints.ts';
import { ipWarnings } from '../core/ip-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeItems, emptyAsNull, withMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import {
  checkDnsLabel,
  checkFormat,
  checkImmutable,
  checkOneOf,
  checkQualifiedName,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';

const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 20_000;
const MAX_ADDRESSES = 100;
const MAX_HINTS = 8;

const defaultPort = (port: DiscoveryV1EndpointPort): DiscoveryV1EndpointPort =>
  withPointerDefaults(port, { name: '', protocol: 'TCP' });
const defaultEndpoint = (endpoint: Endpoint): Endpoint => withPointerDefaults(endpoint, { conditions: {} });

function defaults(slice: EndpointSlice): EndpointSlice {
  const next = changeItems(changeItems(slice, 'ports', defaultPort), 'endpoints', defaultEndpoint);
  return next;
}

function checkAddress(errors: Errors, path: string, at: string, address: string, type: string): void {
  if (type === 'FQDN') {
    checkDomainName(errors, at, address);
    return;
  }
  const faults = isValidIp(address);
  for (const fault of faults) errors.push(fieldErrors.invalid(at, address, fault));
  if (faults.length > 0) return;
  if (`IPv${parseIp(address)?.family}` !== type) {
    errors.push(fieldErrors.invalid(path, address, `must be an ${type} address`));
  }
  checkNonSpecialIp(errors, at, address);
}

function checkDomainName(errors: Errors, at: string, given: string): void {
  const name = given.endsWith('.') ? given.slice(0, -1) : given;
  if (given === '') errors.push(fieldErrors.required(at));
  else if (isDns1123Subdomain(name).length > 0) {
    errors.push(fieldErrors.invalid(at, name, isDns1123Subdomain(name).join(',')));
  } else if (!name.includes('.')) {
    errors.push(fieldErrors.invalid(at, name, 'should be a domain with at least two segments separated by dots'));
  } else {
    const bad = name.split('.').find((label) => isDns1123Label(label).length > 0);
    if (bad !== undefined) errors.push(fieldErrors.invalid(at, bad, isDns1123Label(bad).join(',')));
  }
}

/** False when there are so many that nothing else is said. */
function checkHints(
  errors: Errors,
  path: string,
  names: readonly { readonly name: string }[],
  format: (name: string) => readonly string[],
): boolean {
  if (names.length > MAX_HINTS) {
    errors.push(fieldErrors.tooMany(path, names.length, MAX_HINTS));
    return false;
  }
  const seen = new Set<string>();
  for (const [i, { name = '' }] of names.entries()) {
    if (seen.has(name)) errors.push(fieldErrors.duplicate(`${path}[${i}].name`, name));
    seen.add(name);
    checkFormat(errors, `${path}[${i}].name`, name, format);
  }
  return true;
}

function checkEndpoint(errors: Errors, at: string, endpoint: Endpoint, type: string): void {
  const { addresses = [], hostname, nodeName, hints } = endpoint;
  const path = `${at}.addresses`;
  if (addresses.length === 0) errors.push(fieldErrors.required(path, 'must contain at least 1 address'));
  else if (addresses.length > MAX_ADDRESSES) errors.push(fieldErrors.tooMany(path, addresses.length, MAX_ADDRESSES));
  for (const [i, address] of addresses.entries()) checkAddress(errors, path, `${path}[${i}]`, address, type);
  if (nodeName !== undefined) checkFormat(errors, `${at}.nodeName`, nodeName, nameIsDnsSubdomain);
  if (hostname !== undefined) checkDnsLabel(errors, `${at}.hostname`, hostname);
  if (hints && checkHints(errors, `${at}.hints.forZones`, hints.forZones ?? [], isValidLabelValue))
    checkHints(errors, `${at}.hints.forNodes`, hints.forNodes ?? [], nameIsDnsSubdomain);
}

function checkPorts(errors: Errors, ports: readonly DiscoveryV1EndpointPort[]): void {
  if (ports.length > MAX_PORTS) {
    errors.push(fieldErrors.tooMany('ports', ports.length, MAX_PORTS));
    return;
  }
  const names = new Set<string>();
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    if (name !== '') checkDnsLabel(errors, `ports[${i}].name`, name);
    if (names.has(name)) errors.push(fieldErrors.duplicate(`ports[${i}].name`, name));
    names.add(name);
    checkOneOf(errors, `ports[${i}].protocol`, protocol, PROTOCOLS);
    if (appProtocol !== undefined) checkQualifiedName(errors, `ports[${i}].appProtocol`, appProtocol);
  }
}

function validate({ addressType, endpoints: slots, ports }: EndpointSlice): Errors {
  const errors: Errors = [];
  const endpoints = slots ?? [];
  checkOneOf(errors, 'addressType', addressType, ['FQDN', 'IPv4', 'IPv6']);
  if (endpoints.length > MAX_ENDPOINTS) errors.push(fieldErrors.tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
  else for (const [i, endpoint] of endpoints.entries()) checkEndpoint(errors, `endpoints[${i}]`, endpoint, addressType);
  checkPorts(errors, ports ?? []);
  return errors;
}

const stored = (slice: EndpointSlice): EndpointSlice => emptyAsNull(emptyAsNull(slice, 'endpoints'), 'ports');

function validateUpdate(next: EndpointSlice, current: EndpointSlice): Errors {
  // The endpoints of a slice whose type changes are measured by the type they were made for.
  const errors = validate(
    next.addressType === current.addressType ? next : withMember(next, 'addressType', current.addressType),
  );
  checkImmutable(errors, 'addressType', next.addressType, current.addressType);
  return errors;
}

const SHOWN = 3;

/** The first three of a list, and how many more there are. */
function shorten(texts: readonly string[]): string {
  const shown = texts.slice(0, SHOWN).join(',');
  return texts.length > SHOWN ? `${shown} + ${texts.length - SHOWN} more...` : shown || '<unset>';
}

/** What older versions kept there is dropped without a word. */
const withoutTopology = (slice: EndpointSlice): EndpointSlice =>
  changeItems(slice, 'endpoints', (endpoint: Endpoint) => withMember(endpoint, 'deprecatedTopology', undefined));

const CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

function addressWarnings({ metadata, endpoints }: EndpointSlice): readonly string[] {
  if (CONTROLLERS.includes(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return [];
  return (endpoints ?? []).flatMap(({ addresses = [] }, i) =>
    addresses.flatMap((address, j) => ipWarnings(`endpoints[${i}].addresses[${j}]`, address)),
  );
}

/** @fidelity full */
export const endpointSliceStrategy: Strategy<EndpointSlice> = {
  resource: endpointSlices,
  validateName: nameIsDnsSubdomain,
  defaults,
  validate,
  validateUpdate,
  prepareForCreate: (slice) => stored(withoutTopology(slice)),
  prepareForUpdate: (next, current) =>
    stored(semanticEqual(next.endpoints, current.endpoints) ? next : withoutTopology(next)),
  warnings: (slice, current) => [
    ...(!current && slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...addressWarnings(slice),
  ],
  generation: (next, current) =>
    next.addressType !== current.addressType ||
    !semanticEqual(next.endpoints, current.endpoints) ||
    !semanticEqual(next.ports, current.ports) ||
    !semanticEqual(next.metadata.labels, current.metadata.labels),
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('AddressType', 'string', fieldDescription('EndpointSlice', 'addressType'), (o) => o.addressType),
    column('Ports', 'string', fieldDescription('EndpointSlice', 'ports'), (o) =>
      shorten((o.ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port)))),
    ),
    column('Endpoints', 'string', fieldDescription('EndpointSlice', 'endpoints'), (o) =>
      shorten((o.endpoints ?? []).flatMap(({ addresses = [] }) => addresses)),
    ),
    ageColumn,
  ],
};
