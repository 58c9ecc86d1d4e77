/** Kubernetes' named formats. @upstream staging/src/k8s.io/apiserver/pkg/cel/library/format.go */
import {
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
  isValidLabelValue,
} from '#engine/apimachinery';
import type { CelFunction } from './arithmetic.ts';
import { parseTimestamp } from './time.ts';
import { CelError, listOf, Opaque, Optional, type Value } from './values.ts';

type Check = (text: string) => readonly string[];

const matching =
  (pattern: RegExp, fault: string): Check =>
  (text) =>
    pattern.test(text) ? [] : [fault];

/** A prefix may end in a dash: generateName. */
const prefix =
  (check: Check): Check =>
  (text) =>
    check(text.endsWith('-') ? `${text.slice(0, -1)}a` : text);

const dateTime: Check = (text) => {
  try {
    parseTimestamp(text);
    return [];
  } catch (error) {
    if (error instanceof CelError) return ['invalid datetime'];
    throw error;
  }
};

const CHECKS: { readonly [name: string]: Check } = {
  dns1123Label: isDns1123Label,
  dns1123Subdomain: isDns1123Subdomain,
  dns1035Label: isDns1035Label,
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: prefix(isDns1123Label),
  dns1123SubdomainPrefix: prefix(isDns1123Subdomain),
  dns1035LabelPrefix: prefix(isDns1035Label),
  labelValue: isValidLabelValue,
  uri: matching(/^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/[^\s]*$/, 'invalid URI'),
  uuid: matching(
    /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
    'does not match the UUID format',
  ),
  byte: matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'invalid base64'),
  date: matching(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'invalid date'),
  datetime: dateTime,
};

const formatValue = (name: string): Opaque => new Opaque('kubernetes.NamedFormat', name);

const validate: CelFunction = (format, text) => {
  if (!(format instanceof Opaque) || format.type !== 'kubernetes.NamedFormat' || typeof text !== 'string')
    return undefined;
  const faults = CHECKS[String(format.content)]?.(text) ?? [];
  return new Optional(faults.length > 0 ? listOf([...faults]) : undefined);
};

const constants = Object.fromEntries(
  Object.keys(CHECKS).map((name): [string, () => Value] => [`format.${name}`, () => formatValue(name)]),
);

export const FORMATS: { readonly [name: string]: CelFunction } = {
  ...constants,
  'format.named': (name) => {
    if (typeof name !== 'string') return undefined;
    return new Optional(Object.hasOwn(CHECKS, name) ? formatValue(name) : undefined);
  },
  validate,
};
