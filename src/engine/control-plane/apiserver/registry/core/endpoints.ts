/**
 * Endpoints, the older form of EndpointSlices.
 * @upstream pkg/registry/core/endpoint/strategy.go, pkg/apis/core/validation/validation.go
 */
import {
  type CoreV1EndpointPort,
  type EndpointAddress,
  type EndpointSubset,
  type Endpoints,
  endpoints,
} from '#engine/api';
import { fieldErrors, specialIpFaults } from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeItems, withDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import {
  checkDnsLabel,
  checkFormat,
  checkIp,
  checkOneOf,
  checkPortNum,
  checkQualifiedName,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';
import { ipWarnings } from './ip-warnings.ts';

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

const defaultPort = (port: CoreV1EndpointPort): CoreV1EndpointPort => withDefaults(port, { protocol: 'TCP' });
const defaults = (object: Endpoints): Endpoints =>
  changeItems(object, 'subsets', (subset: EndpointSubset) => changeItems(subset, 'ports', defaultPort));

/** Addresses that can be no endpoint: unspecified, loopback, link-local. */
export const checkNonSpecialIp = (errors: Errors, path: string, ip: string): void =>
  checkFormat(errors, path, ip, specialIpFaults);

function checkAddress(errors: Errors, path: string, { ip = '', hostname, nodeName }: EndpointAddress): void {
  checkIp(errors, `${path}.ip`, ip);
  if (hostname) checkDnsLabel(errors, `${path}.hostname`, hostname);
  if (nodeName !== undefined) checkFormat(errors, `${path}.nodeName`, nodeName, nameIsDnsSubdomain);
  checkNonSpecialIp(errors, `${path}.ip`, ip);
}

function checkPort(errors: Errors, path: string, port: CoreV1EndpointPort, nameRequired: boolean): void {
  if (port.name) checkDnsLabel(errors, `${path}.name`, port.name);
  else if (nameRequired) errors.push(fieldErrors.required(`${path}.name`));
  checkPortNum(errors, `${path}.port`, port.port ?? 0);
  checkOneOf(errors, `${path}.protocol`, port.protocol, PROTOCOLS);
  if (port.appProtocol !== undefined) checkQualifiedName(errors, `${path}.appProtocol`, port.appProtocol);
}

function validate({ subsets = [] }: Endpoints): Errors {
  const errors: Errors = [];
  for (const [i, { addresses = [], notReadyAddresses = [], ports = [] }] of subsets.entries()) {
    const at = `subsets[${i}]`;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(fieldErrors.required(at, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [j, address] of addresses.entries()) checkAddress(errors, `${at}.addresses[${j}]`, address);
    for (const [j, address] of notReadyAddresses.entries())
      checkAddress(errors, `${at}.notReadyAddresses[${j}]`, address);
    for (const [j, port] of ports.entries()) checkPort(errors, `${at}.ports[${j}]`, port, ports.length > 1);
  }
  return errors;
}

/** The controller's own addresses are fine. */
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

function warnings({ metadata, subsets = [] }: Endpoints): readonly string[] {
  if (metadata.labels?.[MANAGED_BY] === 'endpoint-controller') return [];
  return subsets.flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].${list}[${j}].ip`, ip)),
    ),
  );
}

const SHOWN = 3;
const hostPort = (ip: string, port: number) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

/** The first three addresses, and how many more there are. */
function summary({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return NONE;
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port))),
  );
  const shown = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${shown} + ${all.length - SHOWN} more...` : shown;
}

/** @fidelity full */
export const endpointsStrategy: Strategy<Endpoints> = {
  resource: endpoints,
  shortNames: ['ep'],
  validateName: nameIsDnsSubdomain,
  defaults,
  validate,
  validateUpdate: validate,
  warnings,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  columns: [nameColumn, column('Endpoints', 'string', fieldDescription('Endpoints', 'subsets'), summary), ageColumn],
};
