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

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function isTime(text: string): boolean {
  try {
    parseTimestamp(text);
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}

/** How long the regular expression of a format is, for its cost. */
const SIZES: { readonly [name: string]: number } = {
  dns1123Label: 30,
  dns1123Subdomain: 60,
  dns1035Label: 30,
  qualifiedName: 60,
  dns1123LabelPrefix: 30,
  dns1123SubdomainPrefix: 60,
  dns1035LabelPrefix: 30,
  labelValue: 40,
  // About as long.
  uri: 1100,
  uuid: 70,
  byte: 84,
  date: 71,
  datetime: 71,
};

/** The size of the regular expression of a format's value. */
export const formatSize = ({ content }: Opaque): number => SIZES[String(content)] ?? 0;

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
  date: (text) => (DAY.test(text) && isTime(`${text}T00:00:00Z`) ? [] : ['invalid date']),
  datetime: (text) => (isTime(text) ? [] : ['invalid datetime']),
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
