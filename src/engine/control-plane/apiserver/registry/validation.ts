/**
 * Checks that many kinds share, in upstream's words. They add to a list of errors; paths are joined only where needed.
 * @upstream staging/src/k8s.io/apimachinery/pkg/api/validation, pkg/apis/core/validation/validation.go
 */
import {
  type FieldError,
  fieldErrors,
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
  isValidCidr,
  isValidIp,
  isValidLabelValue,
  isValidPortName,
  isValidPortNum,
  type LabelSelector,
  semanticEqual,
} from '#engine/apimachinery';

/** Errors being collected. */
export type Errors = FieldError[];
type Format = (text: string) => readonly string[];

export const IMMUTABLE = 'field is immutable';
export const NOT_NEGATIVE = 'must be greater than or equal to 0';

/** A prefix of a generated name may end in a hyphen: something follows it. Upstream puts an `a` for the last two letters. */
const unmasked = (name: string, prefix: boolean) =>
  prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;

export const nameIsDnsSubdomain = (name: string, prefix = false): readonly string[] =>
  isDns1123Subdomain(unmasked(name, prefix));
export const nameIsDnsLabel = (name: string, prefix = false): readonly string[] =>
  isDns1123Label(unmasked(name, prefix));

/** One error for each fault of a value. */
export function checkFormat(errors: Errors, path: string, value: string, format: Format): void {
  for (const fault of format(value)) errors.push(fieldErrors.invalid(path, value, fault));
}

export const checkDnsLabel = (errors: Errors, path: string, value: string): void =>
  checkFormat(errors, path, value, isDns1123Label);
export const checkDnsSubdomain = (errors: Errors, path: string, value: string): void =>
  checkFormat(errors, path, value, isDns1123Subdomain);
export const checkQualifiedName = (errors: Errors, path: string, value: string): void =>
  checkFormat(errors, path, value, isQualifiedName);
export const checkIp = (errors: Errors, path: string, value: string): void =>
  checkFormat(errors, path, value, isValidIp);
export const checkCidr = (errors: Errors, path: string, value: string): void =>
  checkFormat(errors, path, value, isValidCidr);

export function checkPortNum(errors: Errors, path: string, port: number): void {
  for (const fault of isValidPortNum(port)) errors.push(fieldErrors.invalid(path, port, fault));
}

export function checkPortNumOrName(errors: Errors, path: string, port: number | string): void {
  if (typeof port === 'number') checkPortNum(errors, path, port);
  else checkFormat(errors, path, port, isValidPortName);
}

export function checkNonNegative(errors: Errors, path: string, value: number | undefined): void {
  if (value !== undefined && value < 0) errors.push(fieldErrors.invalid(path, value, NOT_NEGATIVE));
}

/** A value that must be one of a few; `required` says what absence is called. */
export function checkOneOf(
  errors: Errors,
  path: string,
  value: string | undefined,
  supported: readonly string[],
): void {
  if (!value) errors.push(fieldErrors.required(path));
  else if (!supported.includes(value)) errors.push(fieldErrors.notSupported(path, value, supported));
}

export function checkSupported(errors: Errors, path: string, value: string, supported: readonly string[]): void {
  if (!supported.includes(value)) errors.push(fieldErrors.notSupported(path, value, supported));
}

/** Keys and values of a map of labels; every fault goes to the map's path. */
export function checkLabels(
  errors: Errors,
  path: string,
  labels: { readonly [key: string]: string } | undefined,
): void {
  for (const key in labels) {
    checkFormat(errors, path, key, isQualifiedName);
    checkFormat(errors, path, labels[key] as string, isValidLabelValue);
  }
}

export function checkLabelSelector(errors: Errors, path: string, selector: LabelSelector | undefined): void {
  if (!selector) return;
  if (selector.matchLabels) checkLabels(errors, `${path}.matchLabels`, selector.matchLabels);
  for (const [i, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(fieldErrors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push(
          fieldErrors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      }
    } else errors.push(fieldErrors.invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    checkFormat(errors, `${at}.key`, key ?? '', isQualifiedName);
    for (const [j, value] of values.entries()) checkFormat(errors, `${at}.values[${j}]`, value, isValidLabelValue);
  }
}

/** `value` is how the new value prints; the new value itself when not given. */
export function checkImmutable(
  errors: Errors,
  path: string,
  next: unknown,
  current: unknown,
  value: unknown = next,
): void {
  if (!semanticEqual(next, current)) errors.push(fieldErrors.invalid(path, value, IMMUTABLE));
}

/** A map with its keys in order, as Go prints maps. */
export function sortedMap<T>(
  map: { readonly [key: string]: T } | undefined,
): { readonly [key: string]: T } | undefined {
  if (!map) return undefined;
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** A selector as Go prints it inside an error. */
export const printableSelector = (selector: LabelSelector | undefined): unknown =>
  selector && {
    ...(selector.matchLabels && { matchLabels: sortedMap(selector.matchLabels) }),
    ...(selector.matchExpressions && {
      matchExpressions: selector.matchExpressions.map(({ key, operator, values }) => ({
        key,
        operator,
        ...(values && values.length > 0 && { values }),
      })),
    }),
  };

/** The fault of a DNS label that also names Pods, as upstream prints lists: `[a b]`. */
export const printList = (texts: readonly string[]): string => `[${texts.join(' ')}]`;
