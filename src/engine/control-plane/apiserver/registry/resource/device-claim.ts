/**
 * What a claim asks for: requests, constraints, configuration. Shared by ResourceClaims and their templates.
 * @upstream pkg/apis/resource/validation/validation.go, pkg/apis/resource/v1/defaults.go
 */
import type {
  DeviceClaim,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
  OpaqueDeviceConfiguration,
} from '#engine/api';
import { fieldErrors, isDns1123Subdomain, isQualifiedName, isValidLabelValue } from '#engine/apimachinery';
import { changeItems, changeMember, withDefaults } from '../sharing.ts';
import { checkDnsLabel, checkDnsSubdomain, checkFormat, checkOneOf, type Errors } from '../validation.ts';
import { checkDeviceExpression } from './device-selectors.ts';

const MAX_REQUESTS = 32;
const MAX_SUB_REQUESTS = 8;
const MAX_SELECTORS = 32;
const MAX_CONSTRAINTS = 32;
const MAX_CONFIG = 32;
const MAX_DRIVER = 63;
const MAX_DOMAIN = 63;
const MAX_ID = 32;
const MAX_PARAMETERS = 10 * 1024;
const EXACTLY_ONE = 'exactly one of `exactly` or `firstAvailable` is required';
const REFERENCE =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
const IDENTIFIER =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";

const defaultToleration = (toleration: DeviceToleration) => withDefaults(toleration, { operator: 'Equal' });

function defaultRequest<T extends ExactDeviceRequest | DeviceSubRequest>(request: T): T {
  const mode = withDefaults<ExactDeviceRequest | DeviceSubRequest>(request, { allocationMode: 'ExactCount' });
  const counted = mode.allocationMode === 'ExactCount' ? withDefaults(mode, { count: 1 }) : mode;
  return changeItems(counted as T, 'tolerations', defaultToleration);
}

export const defaultClaim = (claim: DeviceClaim): DeviceClaim =>
  changeItems(claim, 'requests', (request: DeviceRequest) =>
    changeItems(
      changeMember(request, 'exactly', defaultRequest<ExactDeviceRequest>),
      'firstAvailable',
      defaultRequest<DeviceSubRequest>,
    ),
  );

/** Every item by its own rule, duplicates by key, and the size. */
export function checkItems<T>(
  errors: Errors,
  path: string,
  items: readonly T[] | undefined,
  max: number,
  check: (item: T, at: string) => void,
  key?: (item: T) => string,
): void {
  const seen = new Set<string>();
  for (const [i, item] of (items ?? []).entries()) {
    check(item, `${path}[${i}]`);
    if (!key) continue;
    const own = key(item);
    if (seen.has(own)) errors.push(fieldErrors.duplicate(`${path}[${i}]`, own));
    seen.add(own);
  }
  if (items && items.length > max) errors.push(fieldErrors.tooMany(path, items.length, max));
}

export function checkDriverName(errors: Errors, path: string, name: string): void {
  if (name === '') errors.push(fieldErrors.required(path));
  if (name.length > MAX_DRIVER) errors.push(fieldErrors.tooLong(path, MAX_DRIVER));
  if (name !== '')
    for (const fault of isDns1123Subdomain(name.toLowerCase())) errors.push(fieldErrors.invalid(path, name, fault));
}

/** `model`, or `driver.example.com/model` where a domain must be there. */
export function checkAttributeName(errors: Errors, path: string, name: string, withDomain: boolean): void {
  if (name === '') {
    errors.push(fieldErrors.required(path, 'name required'));
    return;
  }
  const [first = '', second, ...rest] = name.split('/');
  if (second === undefined) {
    if (withDomain) errors.push(fieldErrors.invalid(path, name, 'must include a domain'));
    else checkIdentifier(errors, path, first);
    return;
  }
  if (rest.length > 0) {
    errors.push(fieldErrors.invalid(path, name, 'must be the name or a domain and a name separated by a slash'));
    return;
  }
  if (first === '') errors.push(fieldErrors.invalid(path, '', 'the domain must not be empty'));
  else {
    if (first.length > MAX_DOMAIN) errors.push(fieldErrors.tooLong(path, MAX_DOMAIN));
    checkDnsSubdomain(errors, path, first);
  }
  if (second === '') errors.push(fieldErrors.invalid(path, '', 'the name must not be empty'));
  else checkIdentifier(errors, path, second);
}

function checkIdentifier(errors: Errors, path: string, name: string): void {
  if (name.length > MAX_ID) errors.push(fieldErrors.tooLong(path, MAX_ID));
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) errors.push(fieldErrors.invalid(path, name, IDENTIFIER));
}

/** `stored`: the expressions were good when they were written, and still are. */
export function checkSelectors(
  errors: Errors,
  path: string,
  selectors: readonly DeviceSelector[] | undefined,
  stored = false,
): void {
  checkItems(errors, path, selectors, MAX_SELECTORS, ({ cel }, at) => {
    if (!cel) errors.push(fieldErrors.required(`${at}.cel`));
    else if (!stored) checkDeviceExpression(errors, `${at}.cel.expression`, cel.expression ?? '');
  });
}

function checkToleration(errors: Errors, at: string, toleration: DeviceToleration): void {
  const { key = '', operator = '', value = '', effect } = toleration;
  if (key !== '') checkFormat(errors, `${at}.key`, key, isQualifiedName);
  if (operator === 'Exists') {
    if (value !== '') {
      errors.push(fieldErrors.invalid(`${at}.value`, value, 'must be empty for operator `Exists`'));
    }
  } else if (operator === 'Equal') checkFormat(errors, `${at}.value`, value, isValidLabelValue);
  else if (operator === '') errors.push(fieldErrors.required(`${at}.operator`));
  else errors.push(fieldErrors.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
  if (key === '' && operator === 'Equal') {
    errors.push(fieldErrors.required(`${at}.key`));
  }
  if (effect) checkOneOf(errors, `${at}.effect`, effect, ['NoExecute', 'NoSchedule']);
}

/** What an exact request and a subrequest have in common. */
function checkExact(errors: Errors, at: string, request: ExactDeviceRequest | DeviceSubRequest): void {
  const { deviceClassName = '', allocationMode = '', count = 0 } = request;
  if (deviceClassName === '') errors.push(fieldErrors.required(`${at}.deviceClassName`));
  else checkDnsSubdomain(errors, `${at}.deviceClassName`, deviceClassName);
  checkSelectors(errors, `${at}.selectors`, request.selectors);
  if (allocationMode === 'All') {
    if (count !== 0) {
      errors.push(fieldErrors.invalid(`${at}.count`, count, "must not be specified when allocationMode is 'All'"));
    }
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.push(fieldErrors.invalid(`${at}.count`, count, 'must be greater than zero'));
  } else errors.push(fieldErrors.notSupported(`${at}.allocationMode`, allocationMode, ['All', 'ExactCount']));
  for (const [i, one] of (request.tolerations ?? []).entries()) checkToleration(errors, `${at}.tolerations[${i}]`, one);
}

function checkRequest(errors: Errors, at: string, request: DeviceRequest): void {
  const { name = '', exactly, firstAvailable = [] } = request;
  checkDnsLabel(errors, `${at}.name`, name);
  if (exactly && firstAvailable.length > 0) {
    errors.push(fieldErrors.invalid(at, undefined, `${EXACTLY_ONE}, but multiple fields are set`));
  } else if (exactly) checkExact(errors, `${at}.exactly`, exactly);
  else if (firstAvailable.length === 0) errors.push(fieldErrors.required(at, EXACTLY_ONE));
  else {
    const check = (sub: DeviceSubRequest, path: string) => {
      checkDnsLabel(errors, `${path}.name`, sub.name ?? '');
      checkExact(errors, path, sub);
    };
    checkItems(errors, `${at}.firstAvailable`, firstAvailable, MAX_SUB_REQUESTS, check, (sub) => sub.name);
  }
}

type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

/** Every request by name, with its subrequests. */
const requestNames = ({ requests = [] }: DeviceClaim): RequestNames =>
  new Map(requests.map(({ name, firstAvailable = [] }) => [name, new Set(firstAvailable.map((sub) => sub.name))]));

function checkRequestReference(errors: Errors, path: string, name: string, names: RequestNames): void {
  const [request = '', sub, ...rest] = name.split('/');
  if (rest.length > 0) {
    errors.push(fieldErrors.invalid(path, name, REFERENCE));
    return;
  }
  checkDnsLabel(errors, path, request);
  if (sub !== undefined) checkDnsLabel(errors, path, sub);
  const known = names.get(request);
  if (!known || (sub !== undefined && !known.has(sub))) errors.push(fieldErrors.invalid(path, name, REFERENCE));
}

function checkReferences(errors: Errors, path: string, list: readonly string[] | undefined, names: RequestNames): void {
  const check = (name: string, at: string) => checkRequestReference(errors, at, name, names);
  checkItems(errors, path, list, MAX_REQUESTS, check, (name) => name);
}

function checkConstraint(errors: Errors, at: string, constraint: DeviceConstraint, names: RequestNames): void {
  checkReferences(errors, `${at}.requests`, constraint.requests, names);
  const { matchAttribute, distinctAttribute } = constraint;
  if (matchAttribute !== undefined) checkAttributeName(errors, `${at}.matchAttribute`, matchAttribute, true);
  else if (distinctAttribute !== undefined) {
    checkAttributeName(errors, `${at}.distinctAttribute`, distinctAttribute, true);
  } else {
    const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
    errors.push(fieldErrors.required(at, why));
  }
}

/** Configuration that only a driver understands: an object, and not too long. */
function checkConfiguration(
  errors: Errors,
  at: string,
  { opaque }: { readonly opaque?: OpaqueDeviceConfiguration },
): void {
  if (!opaque) {
    errors.push(fieldErrors.required(`${at}.opaque`));
    return;
  }
  checkDriverName(errors, `${at}.opaque.driver`, opaque.driver ?? '');
  const path = `${at}.opaque.parameters`;
  const { parameters } = opaque;
  if (parameters === undefined || parameters === null) errors.push(fieldErrors.required(path));
  else if (typeof parameters !== 'object' || Array.isArray(parameters)) {
    errors.push(fieldErrors.invalid(path, '<value omitted>', 'error parsing data as JSON: must be an object'));
  } else if (JSON.stringify(parameters).length > MAX_PARAMETERS) errors.push(fieldErrors.tooLong(path, MAX_PARAMETERS));
}

export function checkConfigurations(
  errors: Errors,
  path: string,
  list: readonly { readonly opaque?: OpaqueDeviceConfiguration }[] | undefined,
): void {
  checkItems(errors, path, list, MAX_CONFIG, (one, at) => checkConfiguration(errors, at, one));
}

export function checkClaim(errors: Errors, path: string, claim: DeviceClaim): void {
  const names = requestNames(claim);
  const check = (request: DeviceRequest, at: string) => checkRequest(errors, at, request);
  checkItems(errors, `${path}.requests`, claim.requests, MAX_REQUESTS, check, (request) => request.name);
  checkItems(errors, `${path}.constraints`, claim.constraints, MAX_CONSTRAINTS, (one, at) =>
    checkConstraint(errors, at, one, names),
  );
  checkItems(errors, `${path}.config`, claim.config, MAX_CONFIG, (one, at) => {
    checkReferences(errors, `${at}.requests`, one.requests, names);
    checkConfiguration(errors, at, one);
  });
}
