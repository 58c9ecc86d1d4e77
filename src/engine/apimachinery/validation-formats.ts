/**
 * The formats of names, keys, ports and the like. Every function answers the faults of a value in upstream's words; none means valid.
 * Char loops instead of regular expressions: names are checked on every write.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go
 */

const NONE: readonly string[] = [];

const isLower = (c: number) => c >= 97 && c <= 122;
const isDigit = (c: number) => c >= 48 && c <= 57;
const isLowerOrDigit = (c: number) => isLower(c) || isDigit(c);
const isLetterOrDigit = (c: number) => isLowerOrDigit(c) || (c >= 65 && c <= 90);
const HYPHEN = 45;
const DOT = 46;
const UNDERSCORE = 95;

const maxLenError = (length: number): string => `must be no more than ${length} characters`;
export const inclusiveRangeError = (low: number, high: number): string =>
  `must be between ${low} and ${high}, inclusive`;

/** `<message> (e.g. 'a',  or 'b', regex used for validation is '<format>')` */
export function regexError(message: string, format: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${format}')`;
  return `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${format}')`;
}

/** One label of a DNS name between `from` and `to`: `[a-z0-9]([-a-z0-9]*[a-z0-9])?` */
function isLabelBetween(text: string, from: number, to: number): boolean {
  if (from >= to || !isLowerOrDigit(text.charCodeAt(from)) || !isLowerOrDigit(text.charCodeAt(to - 1))) return false;
  for (let i = from + 1; i < to - 1; i++) {
    const c = text.charCodeAt(i);
    if (!isLowerOrDigit(c) && c !== HYPHEN) return false;
  }
  return true;
}

function isSubdomain(text: string): boolean {
  let from = 0;
  for (;;) {
    const dot = text.indexOf('.', from);
    if (!isLabelBetween(text, from, dot < 0 ? text.length : dot)) return false;
    if (dot < 0) return true;
    from = dot + 1;
  }
}

const LABEL_FORMAT = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_FORMAT = `${LABEL_FORMAT}(\\.${LABEL_FORMAT})*`;
const LABEL_FAULT = regexError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL_FORMAT,
  'my-name',
  '123-abc',
);
const SUBDOMAIN_FAULT = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN_FORMAT,
  'example.com',
);

/** The two faults most formats have: too long, and not of the form. */
const faults = (tooLong: number | undefined, formFault: string | undefined): readonly string[] =>
  tooLong === undefined
    ? formFault === undefined
      ? NONE
      : [formFault]
    : formFault === undefined
      ? [maxLenError(tooLong)]
      : [maxLenError(tooLong), formFault];

/** A label of DNS (RFC 1123): `my-name`. */
export function isDns1123Label(text: string): readonly string[] {
  const tooLong = text.length > 63 ? 63 : undefined;
  if (isLabelBetween(text, 0, text.length)) return faults(tooLong, undefined);
  return faults(tooLong, isSubdomain(text) ? 'must not contain dots' : LABEL_FAULT);
}

/** A DNS name (RFC 1123): `example.com`. */
export const isDns1123Subdomain = (text: string): readonly string[] =>
  faults(text.length > 253 ? 253 : undefined, isSubdomain(text) ? undefined : SUBDOMAIN_FAULT);

const UNDERSCORE_LABEL_FORMAT = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORE_FORMAT = `${UNDERSCORE_LABEL_FORMAT}(\\.${UNDERSCORE_LABEL_FORMAT})*`;
const underscoreSubdomain = new RegExp(`^${UNDERSCORE_FORMAT}$`);

/** A DNS name that may have underscores, as search domains may. */
export const isDns1123SubdomainWithUnderscore = (text: string): readonly string[] =>
  faults(
    text.length > 253 ? 253 : undefined,
    underscoreSubdomain.test(text)
      ? undefined
      : regexError(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
          UNDERSCORE_FORMAT,
          'example.com',
        ),
  );

/** A label of DNS (RFC 1035): starts with a letter. */
export const isDns1035Label = (text: string): readonly string[] =>
  faults(
    text.length > 63 ? 63 : undefined,
    isLabelBetween(text, 0, text.length) && isLower(text.charCodeAt(0))
      ? undefined
      : regexError(
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
          '[a-z]([-a-z0-9]*[a-z0-9])?',
          'my-name',
          'abc-123',
        ),
  );

const everyChar = (text: string, allowed: (code: number) => boolean): boolean => {
  for (let i = 0; i < text.length; i++) if (!allowed(text.charCodeAt(i))) return false;
  return text.length > 0;
};

/** An identifier of the C language. */
export const isCIdentifier = (text: string): readonly string[] =>
  everyChar(text, (c) => isLetterOrDigit(c) || c === UNDERSCORE) && !isDigit(text.charCodeAt(0))
    ? NONE
    : [
        regexError(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          '[A-Za-z_][A-Za-z0-9_]*',
          'my_name',
          'MY_NAME',
          'MyName',
        ),
      ];

/** The name of an environment variable: printable ASCII without `=`. */
export function isRelaxedEnvVarName(text: string): readonly string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  return everyChar(text, (c) => c >= 32 && c < 127 && c !== 61)
    ? NONE
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

function changesDirectory(text: string): string | undefined {
  if (text === '.') return "must not be '.'";
  if (text === '..') return "must not be '..'";
  return text.startsWith('..') ? "must not start with '..'" : undefined;
}

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(text: string): readonly string[] {
  const ok = everyChar(text, (c) => isLetterOrDigit(c) || c === HYPHEN || c === DOT || c === UNDERSCORE);
  const directory = changesDirectory(text);
  if (ok && directory === undefined && text.length <= 253) return NONE;
  const found = [...faults(text.length > 253 ? 253 : undefined, ok ? undefined : CONFIG_MAP_KEY_FAULT)];
  if (directory !== undefined) found.push(directory);
  return found;
}

const CONFIG_MAP_KEY_FAULT = regexError(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
);

export const isValidPortNum = (port: number): readonly string[] =>
  port >= 1 && port <= 65535 ? NONE : [inclusiveRangeError(1, 65535)];

const MAX_ID = 2_147_483_647;
export const isValidUserId = (id: number): readonly string[] =>
  id >= 0 && id <= MAX_ID ? NONE : [inclusiveRangeError(0, MAX_ID)];
export const isValidGroupId = (id: number): readonly string[] => isValidUserId(id);

/** The name of a port: an IANA service name. */
export function isValidPortName(port: string): readonly string[] {
  const found: string[] = [];
  if (port.length > 15) found.push(maxLenError(15));
  if (!everyChar(port, (c) => isLowerOrDigit(c) || c === HYPHEN)) {
    found.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  let letters = 0;
  for (let i = 0; i < port.length; i++) if (isLower(port.charCodeAt(i))) letters += 1;
  if (letters === 0) found.push('must contain at least one letter (a-z)');
  if (port.includes('--')) found.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-')) found.push('must not begin or end with a hyphen');
  return found.length > 0 ? found : NONE;
}

/** `25%` */
export const isValidPercent = (text: string): readonly string[] =>
  text.endsWith('%') && everyChar(text.slice(0, -1), isDigit)
    ? NONE
    : [regexError("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%')];

export const isHttpHeaderName = (text: string): readonly string[] =>
  everyChar(text, (c) => isLetterOrDigit(c) || c === HYPHEN)
    ? NONE
    : [
        regexError(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          '[-A-Za-z0-9]+',
          'X-Header-Name',
        ),
      ];
