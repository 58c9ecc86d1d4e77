/**
 * The formats that schemas of custom resources may name, and what they take.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go, vendor/k8s.io/kube-openapi/pkg/validation/strfmt
 */
import { isDns1123Label, isDns1123Subdomain, isQuantity, isValidCidr, parseIp } from '#engine/apimachinery';
import { parseTime } from '#engine/sim';

const UUID = '[0-9a-f]{8}-?[0-9a-f]{4}-?';
const matches = (pattern: RegExp) => (text: string) => pattern.test(text);
const uuid = (middle: string) => matches(new RegExp(`^${UUID}${middle}-?[0-9a-f]{12}$`, 'i'));
const digitsOf = (text: string) => text.replace(/[^0-9]+/g, '');
const CARD =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
const HOSTNAME =
  /^([a-zA-Z0-9\u00a1-\uffff]|[a-zA-Z0-9\u00a1-\uffff]((?!\.\.)[a-zA-Z0-9-.\u00a1-\uffff]){0,61}[a-zA-Z0-9\u00a1-\uffff])$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?$/;
const GO_DURATION = /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const SCALA_DURATION =
  /^\d+ *(ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)$/;

function isLuhn(text: string): boolean {
  const digits = digitsOf(text);
  if (!CARD.test(digits)) return false;
  let sum = 0;
  for (const [i, digit] of [...digits].reverse().entries()) {
    const doubled = Number(digit) * (i % 2 === 1 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isIsbn10(text: string): boolean {
  const bare = text.replace(/[\s-]+/g, '');
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(bare)) return false;
  const sum = [...bare].reduce((total, digit, i) => total + (10 - i) * (digit === 'X' ? 10 : Number(digit)), 0);
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const bare = text.replace(/[\s-]+/g, '');
  if (!/^[0-9]{13}$/.test(bare)) return false;
  return [...bare].reduce((total, digit, i) => total + (i % 2 === 0 ? 1 : 3) * Number(digit), 0) % 10 === 0;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTime(`${text}T00:00:00Z`) !== undefined;
}

function isDateTime(text: string): boolean {
  if (!DATE_TIME.test(text)) return false;
  const zoned = /([Zz]|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
  return parseTime(zoned.toUpperCase().replace(' ', 'T')) !== undefined;
}

const isBase64 = matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})?$/);
const isUri = matches(/^(\/|[a-zA-Z][a-zA-Z0-9+.-]*:[^\s\\"<>{}|^`]+)[^\s"<>]*$/);

/** By their names without hyphens. */
const STRING_FORMATS: { readonly [format: string]: (text: string) => boolean } = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  uri: isUri,
  email: matches(/^[^\s@<>]+@[^\s@<>]+$/),
  hostname: (text) => HOSTNAME.test(text) && text.length <= 255,
  ipv4: (text) => parseIp(text)?.family === 4,
  ipv6: (text) => parseIp(text)?.family === 6,
  cidr: (text) => isValidCidr(text).length === 0,
  mac: matches(/^([0-9a-f]{2}([:-][0-9a-f]{2}){5}([:-][0-9a-f]{2}){0,14}|[0-9a-f]{4}(\.[0-9a-f]{4}){2,})$/i),
  uuid: uuid('[0-9a-f]{4}-?[0-9a-f]{4}'),
  uuid3: uuid('3[0-9a-f]{3}-?[0-9a-f]{4}'),
  uuid4: uuid('4[0-9a-f]{3}-?[89ab][0-9a-f]{3}'),
  uuid5: uuid('5[0-9a-f]{3}-?[89ab][0-9a-f]{3}'),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isLuhn,
  ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: matches(
    /^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$/,
  ),
  byte: isBase64,
  password: () => true,
  date: isDate,
  duration: (text) => GO_DURATION.test(text) || SCALA_DURATION.test(text),
  datetime: isDateTime,
  quantity: isQuantity,
  k8sshortname: (text) => isDns1123Label(text).length === 0,
  k8slongname: (text) => isDns1123Subdomain(text).length === 0,
};

const NUMBER_FORMATS: { readonly [type: string]: readonly string[] } = {
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
};

const bare = (format: string) => format.replaceAll('-', '');

/** Whether a format means something for a type; others are ignored, with a warning when the definition is written. */
export function isKnownFormat(type: string | undefined, format: string): boolean {
  if (!type || type === 'string') return bare(format) in STRING_FORMATS;
  return NUMBER_FORMATS[type]?.includes(format) ?? false;
}

/** Whether a text is of a format; true for formats that are ignored. */
export const isOfFormat = (format: string, text: string): boolean => STRING_FORMATS[bare(format)]?.(text) ?? true;
